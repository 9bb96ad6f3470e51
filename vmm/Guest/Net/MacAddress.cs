using System.Buffers.Binary;
using System.Globalization;

namespace Dilaton.Guest;

/// <summary>An Ethernet address: 48 bits, the first byte on the wire is the highest.</summary>
public readonly record struct MacAddress(ulong Value)
{
    public const int SizeBytes = 6;

    public static MacAddress Broadcast => new(0xffff_ffff_ffff);

    /// <summary>Broadcast or multicast.</summary>
    public bool IsGroup => (Value & 0x0100_0000_0000) != 0;

    public static MacAddress Read(ReadOnlySpan<byte> source) => new(
        ((ulong)BinaryPrimitives.ReadUInt16BigEndian(source) << 32)
        | BinaryPrimitives.ReadUInt32BigEndian(source[2..]));

    public static bool TryParse(string? text, out MacAddress address)
    {
        address = default;
        string[] parts = (text ?? "").Split(':');
        if (parts.Length != SizeBytes)
        {
            return false;
        }

        ulong value = 0;
        foreach (string part in parts)
        {
            if (part.Length != 2 || !byte.TryParse(
                part, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte b))
            {
                return false;
            }

            value = (value << 8) | b;
        }

        address = new MacAddress(value);
        return true;
    }

    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, (ushort)(Value >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(destination[2..], (uint)Value);
    }

    public override string ToString()
    {
        string hex = Value.ToString("x12", CultureInfo.InvariantCulture);
        return string.Join(':', Enumerable.Range(0, SizeBytes).Select(i => hex.Substring(i * 2, 2)));
    }
}
