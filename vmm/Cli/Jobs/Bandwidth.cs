using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Bits a second, written as "25GB/s" or "40Gbps".</summary>
internal readonly record struct Bandwidth(ulong BitsPerSecond)
{
    private static readonly (string Unit, ulong Scale)[] s_byteUnits =
        [("GB/s", 8_000_000_000), ("MB/s", 8_000_000), ("kB/s", 8_000), ("B/s", 8)];

    public static bool TryParse(string text, out Bandwidth value, out string? why)
    {
        bool ok = Quantity.TryParseBandwidth(text, out ulong bits, out why);
        value = new Bandwidth(bits);
        return ok;
    }

    /// <summary>Exact, in the largest unit of bytes that needs at most three decimals.</summary>
    public override string ToString()
    {
        foreach ((string unit, ulong scale) in s_byteUnits)
        {
            if (BitsPerSecond >= scale && (UInt128)BitsPerSecond * 1000 % scale == 0)
            {
                decimal value = (decimal)BitsPerSecond / scale;
                return value.ToString("0.###", CultureInfo.InvariantCulture) + unit;
            }
        }

        return $"{BitsPerSecond}bps";
    }
}
