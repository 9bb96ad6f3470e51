namespace Dilaton.Core;

/// <summary>How much of the guest's memory traffic an engine reports.</summary>
public enum MemoryEventLevel
{
    Off,

    /// <summary>Accesses to windows alone, which leave the engine at every level: to it the same as
    /// <see cref="Off"/>.</summary>
    Window,

    /// <summary>Only what a conservative tag filter can't prove to be an L1 hit that leaves LRU
    /// order unchanged; the rest travels as counts.</summary>
    Filtered,
    Full,

    /// <summary>Every access of short windows of instructions. An engine with
    /// <see cref="EngineTraits.SamplesAccesses"/> opens them by itself, and to everything else it is the
    /// same as <see cref="Window"/>; one that counts instructions is switched between other levels, and
    /// never told this one.</summary>
    Sampled,
}
