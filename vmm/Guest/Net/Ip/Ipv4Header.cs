using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>An IPv4 header (RFC 791). Options are accepted and skipped, and never sent.</summary>
internal readonly record struct Ipv4Header
{
    public const int SizeBytes = 20;
    public const byte IcmpProtocol = 1;
    public const byte TcpProtocol = 6;
    public const byte UdpProtocol = 17;
    public const byte InitialTimeToLive = 64;

    private const ushort MoreFragments = 0x2000;
    private const ushort DontFragment = 0x4000;
    private const int OffsetUnitBytes = 8;

    public required Ipv4Address Source { get; init; }

    public required Ipv4Address Destination { get; init; }

    public required byte Protocol { get; init; }

    /// <summary>Bytes behind the header.</summary>
    public required int PayloadBytes { get; init; }

    public byte TypeOfService { get; init; }

    public byte TimeToLive { get; init; }

    public ushort Identification { get; init; }

    public bool MayNotFragment { get; init; }

    public bool HasMoreFragments { get; init; }

    /// <summary>Of this fragment in the payload of the whole.</summary>
    public int OffsetBytes { get; init; }

    /// <summary>With options; only of a header that was read.</summary>
    public int HeaderBytes { get; init; }

    public bool IsFragment => HasMoreFragments || OffsetBytes > 0;

    /// <summary>Checks version, lengths and checksum.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < SizeBytes || packet[0] >> 4 != 4)
        {
            return false;
        }

        int headerBytes = (packet[0] & 15) * 4;
        int total = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerBytes < SizeBytes || total < headerBytes || total > packet.Length
            || InternetChecksum.Of(packet[..headerBytes]) != 0)
        {
            return false;
        }

        ushort fragment = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]);
        header = new Ipv4Header
        {
            Source = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])),
            Destination = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(packet[16..])),
            Protocol = packet[9],
            PayloadBytes = total - headerBytes,
            TypeOfService = packet[1],
            TimeToLive = packet[8],
            Identification = BinaryPrimitives.ReadUInt16BigEndian(packet[4..]),
            MayNotFragment = (fragment & DontFragment) != 0,
            HasMoreFragments = (fragment & MoreFragments) != 0,
            OffsetBytes = (fragment & 0x1fff) * OffsetUnitBytes,
            HeaderBytes = headerBytes,
        };
        return true;
    }

    public void Write(Span<byte> packet)
    {
        packet[0] = 0x45;
        packet[1] = TypeOfService;
        BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)(SizeBytes + PayloadBytes));
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], Identification);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[6..],
            (ushort)((MayNotFragment ? DontFragment : 0)
                | (HasMoreFragments ? MoreFragments : 0)
                | (OffsetBytes / OffsetUnitBytes)));
        packet[8] = TimeToLive;
        packet[9] = Protocol;
        BinaryPrimitives.WriteUInt16BigEndian(packet[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(packet[12..], Source.Value);
        BinaryPrimitives.WriteUInt32BigEndian(packet[16..], Destination.Value);
        BinaryPrimitives.WriteUInt16BigEndian(
            packet[10..], InternetChecksum.Of(packet[..SizeBytes]));
    }
}
