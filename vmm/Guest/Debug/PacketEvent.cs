namespace Dilaton.Guest;

/// <summary>What a byte from a debugger has completed.</summary>
public enum PacketEvent
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>A packet is in <see cref="PacketReader.Payload"/>.</summary>
    Packet,

    /// <summary>A packet whose checksum is another, or that is longer than any may be.</summary>
    Damaged,

    /// <summary>The last packet sent has come.</summary>
    Acknowledged,

    /// <summary>The last packet sent is to be sent again.</summary>
    Refused,

    /// <summary>The byte 3: stop the guest.</summary>
    Interrupt,
}
