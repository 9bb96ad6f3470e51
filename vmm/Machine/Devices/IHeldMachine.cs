using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A machine whose clocks go with the host's, and can be stopped with all its processors: so it waits for
/// others in virtual time. One thread calls.</summary>
public interface IHeldMachine
{
    /// <summary>Stands while the machine is held, and from its end on. Any thread.</summary>
    VirtualTime Now { get; }

    /// <summary>It has ended, and runs no more. Any thread.</summary>
    bool IsOver { get; }

    /// <summary>Lets it go on; it was held.</summary>
    void Resume();

    /// <summary>Takes all processors out of the guest; then its clocks stand.</summary>
    void Hold();

    /// <summary>Until that time has come, or it is over; it is not held.</summary>
    void WaitUntil(VirtualTime time);

    /// <summary>Ends it. Any thread.</summary>
    void RequestStop();
}
