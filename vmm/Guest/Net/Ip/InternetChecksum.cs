using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The Internet checksum: the one's complement of the one's complement sum of 16-bit
/// words (RFC 1071).</summary>
internal static class InternetChecksum
{
    /// <summary>HOT: per packet. Adds bytes to a running sum; only the last part may have an odd
    /// length.</summary>
    public static ulong Add(ulong sum, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            ulong word = BinaryPrimitives.ReadUInt64BigEndian(bytes);
            sum += (word >> 32) + (word & 0xffff_ffff);
            bytes = bytes[8..];
        }

        while (bytes.Length >= 2)
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }

        return bytes.Length == 1 ? sum + ((ulong)bytes[0] << 8) : sum;
    }

    public static ushort Fold(ulong sum)
    {
        while (sum >> 16 != 0)
        {
            sum = (sum & 0xffff) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    /// <summary>Of a whole header; 0 if one that holds its checksum is right.</summary>
    public static ushort Of(ReadOnlySpan<byte> bytes) => Fold(Add(0, bytes));

    /// <summary>The sum over what TCP and UDP count beside themselves (RFC 9293, section 3.1).
    /// </summary>
    public static ulong AddPseudoHeader(
        Ipv4Address source, Ipv4Address destination, byte protocol, int lengthBytes) =>
        (ulong)source.Value + destination.Value + protocol + (uint)lengthBytes;
}
