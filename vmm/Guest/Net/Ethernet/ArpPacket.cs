using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>An ARP packet for IPv4 over Ethernet (RFC 826).</summary>
internal readonly record struct ArpPacket(
    ushort Operation,
    MacAddress SenderMac,
    Ipv4Address SenderAddress,
    MacAddress TargetMac,
    Ipv4Address TargetAddress)
{
    public const int SizeBytes = 28;
    public const ushort Request = 1;
    public const ushort Reply = 2;

    private const uint EthernetAndIpv4 = 0x0001_0800;
    private const ushort Lengths = 0x0604;

    public static bool TryRead(ReadOnlySpan<byte> source, out ArpPacket packet)
    {
        packet = default;
        if (source.Length < SizeBytes
            || BinaryPrimitives.ReadUInt32BigEndian(source) != EthernetAndIpv4
            || BinaryPrimitives.ReadUInt16BigEndian(source[4..]) != Lengths)
        {
            return false;
        }

        packet = new ArpPacket(
            BinaryPrimitives.ReadUInt16BigEndian(source[6..]),
            MacAddress.Read(source[8..]),
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(source[14..])),
            MacAddress.Read(source[18..]),
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(source[24..])));
        return packet.Operation is Request or Reply;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, EthernetAndIpv4);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], Lengths);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], Operation);
        SenderMac.Write(destination[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[14..], SenderAddress.Value);
        TargetMac.Write(destination[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[24..], TargetAddress.Value);
    }
}
