using System.Buffers.Binary;

namespace Dilaton.Guest;

/// <summary>The head of an Ethernet frame: destination, source, type (RFC 894).</summary>
internal readonly record struct EthernetHeader(
    MacAddress Destination, MacAddress Source, ushort Type)
{
    public const int SizeBytes = 14;

    /// <summary>The shortest frame without its check sequence; shorter ones are padded.</summary>
    public const int FrameBytesMin = 60;

    public const ushort Ipv4Type = 0x0800;
    public const ushort ArpType = 0x0806;

    public static bool TryRead(ReadOnlySpan<byte> frame, out EthernetHeader header)
    {
        header = default;
        if (frame.Length < SizeBytes)
        {
            return false;
        }

        header = new EthernetHeader(
            MacAddress.Read(frame),
            MacAddress.Read(frame[6..]),
            BinaryPrimitives.ReadUInt16BigEndian(frame[12..]));
        return true;
    }

    /// <summary>A frame for a payload of this size, padded; the payload starts at
    /// <see cref="SizeBytes"/>.</summary>
    public static byte[] CreateFrame(int payloadBytes) =>
        new byte[Math.Max(SizeBytes + payloadBytes, FrameBytesMin)];

    public void Write(Span<byte> frame)
    {
        Destination.Write(frame);
        Source.Write(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], Type);
    }
}
