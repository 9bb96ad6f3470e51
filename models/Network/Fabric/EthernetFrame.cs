using System.Buffers.Binary;
using System.Globalization;

namespace Dilaton.Models.Network;

/// <summary>What a network reads of a frame. Node i has the address 02:00:00:00:hi:lo, i in big
/// endian; 02 marks it as locally administered.</summary>
public static class EthernetFrame
{
    /// <summary>Destination, source and type.</summary>
    public const int HeaderBytes = 14;

    /// <summary>The address of all.</summary>
    public const ulong Broadcast = 0xFFFF_FFFF_FFFF;

    /// <summary>Of an address of 48 bits: broadcast or multicast.</summary>
    internal const ulong GroupBit = 0x0100_0000_0000;

    internal const int ToAll = -1;
    internal const int ToNobody = -2;

    private const int AddressBytes = 6;
    private const uint LocalPrefix = 0x0200_0000;
    private const ushort Ipv4 = 0x0800;
    private const int Ipv4HeaderBytesMin = 20;
    private const byte Tcp = 6;
    private const byte Udp = 17;

    // More fragments, and the fragment's offset: ports are in the first one only.
    private const ushort FragmentBits = 0x3FFF;

    /// <summary>Address of the node at a port, as six bytes.</summary>
    public static void WriteAddress(int port, Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, LocalPrefix);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..AddressBytes], checked((ushort)port));
    }

    /// <summary>Address of the node at a port, its first byte the highest of 48 bits.</summary>
    public static ulong AddressOf(int port) =>
        ((ulong)LocalPrefix << 16) | checked((ushort)port);

    public static string FormatPort(int port) => Format(AddressOf(port));

    public static string Format(ulong address)
    {
        string hex = address.ToString("x12", CultureInfo.InvariantCulture);
        return string.Join(
            ':', Enumerable.Range(0, AddressBytes).Select(i => hex.Substring(i * 2, 2)));
    }

    internal static ulong ReadAddress(ReadOnlySpan<byte> source) =>
        ((ulong)BinaryPrimitives.ReadUInt32BigEndian(source) << 16)
        | BinaryPrimitives.ReadUInt16BigEndian(source[4..]);

    /// <summary>The port of its destination, ToAll or ToNobody.</summary>
    internal static int Destination(ReadOnlySpan<byte> frame, int from, int portCount)
    {
        if ((frame[0] & 1) != 0)
        {
            return ToAll;
        }

        int port = BinaryPrimitives.ReadUInt16BigEndian(frame[4..]);
        return BinaryPrimitives.ReadUInt32BigEndian(frame) == LocalPrefix
            && port < portCount && port != from
                ? port
                : ToNobody;
    }

    /// <summary>Equal for all frames of a flow: of the addresses and, for IPv4, of addresses,
    /// protocol and the ports of TCP and UDP, as RFC 2992 has it.</summary>
    internal static uint FlowHash(ReadOnlySpan<byte> frame)
    {
        ulong hash = Mix(BinaryPrimitives.ReadUInt64BigEndian(frame));
        hash = Mix(hash ^ BinaryPrimitives.ReadUInt32BigEndian(frame[8..]));
        ReadOnlySpan<byte> packet = frame[HeaderBytes..];
        if (BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == Ipv4
            && packet.Length >= Ipv4HeaderBytesMin)
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64BigEndian(packet[12..]) ^ packet[9]);
            int ports = (packet[0] & 0xF) * 4;
            bool isWhole = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & FragmentBits) == 0;
            if (packet[9] is Tcp or Udp && isWhole && packet.Length >= ports + 4)
            {
                hash = Mix(hash ^ BinaryPrimitives.ReadUInt32BigEndian(packet[ports..]));
            }
        }

        return (uint)(hash >> 32);
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 32)) * 0xD6E8_FEB8_6659_FD93;
        z = (z ^ (z >> 32)) * 0xD6E8_FEB8_6659_FD93;
        return z ^ (z >> 32);
    }
}
