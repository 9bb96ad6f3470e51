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

    /// <summary>Null: they are KVM's, or there are none.</summary>
    public LegacyPics? Pics { get; init; }

    /// <summary>Null: there are no virtio devices.</summary>
    public VirtioBus? Virtio { get; init; }

    /// <summary>That one of them which takes input in place of the serial port; null: none does.</summary>
    public ConsoleDevice? InputConsole { get; init; }
}
