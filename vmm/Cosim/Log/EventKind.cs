namespace Dilaton.Cosim;

/// <summary>Kinds of lines of the event log; the values are part of the hash.</summary>
public enum EventKind : byte
{
    /// <summary>number, arguments 0 to 2, action, result.</summary>
    SystemCall = 1,

    /// <summary>rip, rax.</summary>
    Dispatch = 2,

    /// <summary>vector, address, action.</summary>
    Fault = 3,

    /// <summary>counter value.</summary>
    TimestampRead = 4,

    /// <summary>m5op function, rdi, rsi.</summary>
    RegionMark = 5,

    /// <summary>descriptor, length, then the bytes.</summary>
    Output = 6,

    /// <summary>action.</summary>
    Preempt = 7,

    /// <summary>reason, exit code, signal.</summary>
    End = 8,

    Idle = 9,

    /// <summary>port, length.</summary>
    FrameSent = 10,

    /// <summary>port, length.</summary>
    FrameReceived = 11,

    /// <summary>guest-physical address, size, kind, first 8 bytes.</summary>
    WindowAccess = 12,

    /// <summary>numerator and denominator of the time dilation factor.</summary>
    RatesChanged = 13,
}
