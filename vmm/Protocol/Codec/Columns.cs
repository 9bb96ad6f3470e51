using System.Numerics;

namespace Dilaton.Protocol;

/// <summary>Whole-column checks, a vector at a time.</summary>
internal static class Columns
{
    public static bool Falls(ReadOnlySpan<uint> values)
    {
        int i = 1;
        for (; i + Vector<uint>.Count <= values.Length; i += Vector<uint>.Count)
        {
            var current = new Vector<uint>(values[i..]);
            var previous = new Vector<uint>(values[(i - 1)..]);
            if (Vector.LessThanAny(current, previous))
            {
                return true;
            }
        }

        for (; i < values.Length; i++)
        {
            if (values[i] < values[i - 1])
            {
                return true;
            }
        }

        return false;
    }

    public static bool HasAnyBit(ReadOnlySpan<ulong> values, ulong mask)
    {
        Vector<ulong> all = Vector<ulong>.Zero;
        int i = 0;
        for (; i + Vector<ulong>.Count <= values.Length; i += Vector<ulong>.Count)
        {
            all |= new Vector<ulong>(values[i..]);
        }

        ulong rest = 0;
        for (; i < values.Length; i++)
        {
            rest |= values[i];
        }

        return (rest & mask) != 0 || (all & new Vector<ulong>(mask)) != Vector<ulong>.Zero;
    }

    /// <summary>Whether each is a kind up to <paramref name="kindMax"/> in bits 0-3 and has no bit but
    /// <paramref name="allowed"/>.</summary>
    public static bool AreKinds(
        ReadOnlySpan<byte> values, byte allowed, byte kindMax = RecordColumns.KindMax)
    {
        var mask = new Vector<byte>(RecordColumns.KindMask);
        var max = new Vector<byte>(kindMax);
        Vector<byte> bits = Vector<byte>.Zero;
        Vector<byte> greatest = Vector<byte>.Zero;
        int i = 0;
        for (; i + Vector<byte>.Count <= values.Length; i += Vector<byte>.Count)
        {
            var value = new Vector<byte>(values[i..]);
            bits |= value;
            greatest = Vector.Max(greatest, value & mask);
        }

        if (Vector.GreaterThanAny(greatest, max)
            || Vector.AndNot(bits, new Vector<byte>(allowed)) != Vector<byte>.Zero)
        {
            return false;
        }

        for (; i < values.Length; i++)
        {
            if ((values[i] & ~allowed) != 0
                || (values[i] & RecordColumns.KindMask) > kindMax)
            {
                return false;
            }
        }

        return true;
    }
}
