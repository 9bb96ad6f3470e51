using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What an event level means for the parts of a node.</summary>
internal static class EventLevels
{
    /// <summary>Accesses are reported, and memory is simulated if there is any.</summary>
    public static bool HasRecords(this MemoryEventLevel level) =>
        level is MemoryEventLevel.Filtered or MemoryEventLevel.Full;

    /// <summary>The same, of windows of instructions at least.</summary>
    public static bool HasRecords(this EventsJob events, NodeJob node) =>
        events.Level.HasRecords() || events.SamplesInTime(node);

    /// <summary>Windows of instructions are timed, and all other stall is estimated from them.</summary>
    public static bool SamplesInTime(this EventsJob events, NodeJob node) =>
        events.Level == MemoryEventLevel.Sampled && node.Engine != EngineChoice.Kvm;

    /// <summary>What the engine is told: windows leave it at every level, and detail windows it opens by
    /// itself.</summary>
    public static MemoryEventLevel OfEngine(this MemoryEventLevel level) =>
        level is MemoryEventLevel.Window or MemoryEventLevel.Sampled ? MemoryEventLevel.Off : level;

    /// <summary>Accesses to windows of memory.windows leave the engine.</summary>
    public static bool SeesNoMoreThanWindows(this MemoryEventLevel level) => level is MemoryEventLevel.Off
        or MemoryEventLevel.Window or MemoryEventLevel.Sampled;
}
