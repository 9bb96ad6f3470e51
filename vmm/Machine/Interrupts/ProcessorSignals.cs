namespace Dilaton.Machine;

/// <summary>What has come for a processor besides interrupts (Intel SDM vol. 3A, "Multiple-Processor Initialization
/// Protocol Requirements and Restrictions").
/// <code>
/// runs ── INIT ──► waits ── SIPI ──► runs
/// </code></summary>
internal sealed class ProcessorSignals(bool isWaiting)
{
    /// <summary>For SIPI.</summary>
    public bool IsWaiting { get; set; } = isWaiting;

    /// <summary>The vector of a SIPI that has come; -1: none.</summary>
    public int Startup { get; set; } = -1;

    public bool HasNmi { get; set; }

    /// <summary>What was said last of its RFLAGS.IF.</summary>
    public bool CanInterrupt { get; set; }

    public bool Interrupt() => HasNmi |= !IsWaiting;

    public bool Reset()
    {
        (IsWaiting, Startup, HasNmi) = (true, -1, false);
        return true;
    }

    /// <returns>False: it does not wait for one, or has it already.</returns>
    public bool Start(byte vector)
    {
        if (!IsWaiting || Startup >= 0)
        {
            return false;
        }

        Startup = vector;
        return true;
    }
}
