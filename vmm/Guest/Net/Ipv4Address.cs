using System.Globalization;

namespace Dilaton.Guest;

/// <summary>An IPv4 address; the first number is the highest byte.</summary>
public readonly record struct Ipv4Address(uint Value)
{
    public static Ipv4Address Any => default;

    public static Ipv4Address Loopback => new(0x7f00_0001);

    /// <summary>255.255.255.255.</summary>
    public static Ipv4Address Broadcast => new(uint.MaxValue);

    public bool IsAny => Value == 0;

    /// <summary>127.0.0.0/8.</summary>
    public bool IsLoopback => Value >> 24 == 127;

    /// <summary>224.0.0.0/4.</summary>
    public bool IsMulticast => Value >> 28 == 0xe;

    /// <summary>The mask of a prefix, such as 255.255.255.0 for 24.</summary>
    public static uint Mask(int prefixLength) =>
        prefixLength == 0 ? 0 : uint.MaxValue << (32 - prefixLength);

    /// <summary>Four decimal numbers without leading zeros.</summary>
    public static bool TryParse(string? text, out Ipv4Address address)
    {
        address = default;
        string[] parts = (text ?? "").Split('.');
        if (parts.Length != 4)
        {
            return false;
        }

        uint value = 0;
        foreach (string part in parts)
        {
            bool isNumber = byte.TryParse(
                part, NumberStyles.None, CultureInfo.InvariantCulture, out byte number);
            if (!isNumber || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            value = (value << 8) | number;
        }

        address = new Ipv4Address(value);
        return true;
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Value >> 24}.{(Value >> 16) & 0xff}.{(Value >> 8) & 0xff}.{Value & 0xff}");
}
