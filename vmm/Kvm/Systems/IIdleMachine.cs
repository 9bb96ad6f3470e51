using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>A machine as an <see cref="IdleGate"/> sees it, whose lock is held but for <see cref="Deliver"/>.</summary>
internal interface IIdleMachine
{
    /// <summary>When something comes by itself next; MaxValue: nothing does.</summary>
    VirtualTime Next { get; }

    /// <summary>Some vCPU that waits has something to do.</summary>
    bool HasWork { get; }

    /// <summary>Its clock stands.</summary>
    void StandStill();

    /// <summary>Its clock, which stands, shows that time, or what it shows if that is later.</summary>
    void SkipTo(VirtualTime time);

    /// <summary>Its clock goes on, and with it the counters of all vCPUs, of which none is in the guest.</summary>
    void GoOn();

    /// <summary>Gives vCPUs what has come by now. Any thread.</summary>
    void Deliver();
}
