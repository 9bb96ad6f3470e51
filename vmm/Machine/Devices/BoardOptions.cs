namespace Dilaton.Machine;

/// <summary>What a machine's devices are connected to.</summary>
public sealed record BoardOptions
{
    /// <summary>At the first serial port.</summary>
    public required ISerialPeer Serial { get; init; }

    /// <summary>Seconds since 1970 (UTC) in virtual time.</summary>
    public required Func<ulong> Now { get; init; }

    /// <summary>Sets a global system interrupt's line.</summary>
    public required Action<int, bool> SetInterrupt { get; init; }
}
