using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>Holds golden vectors against what ran.</summary>
internal static class GoldenCheck
{
    public static string Folder => Path.Combine(AppContext.BaseDirectory, "vectors");

    public static IEnumerable<GoldenVector> All() => Directory.GetFiles(Folder, "*.txt")
        .Order(StringComparer.Ordinal)
        .SelectMany(GoldenVector.Read);

    /// <summary>What differs from the vector's outcome; empty if nothing does.</summary>
    public static string Difference(
        GoldenVector golden, CpuState end, ReadOnlySpan<byte> image, int vector)
    {
        string text = CpuState.Difference(golden.End, end, golden.UndefinedFlags);
        text += vector == golden.Vector ? "" : $"  vector: {golden.Vector}, {vector}\n";
        text += MemoryDifference(golden.EndImage, image);
        return text.Length == 0 ? "" : $"{golden.Test.Name}\n{golden.Test.Disassemble()}{text}";
    }

    public static string MemoryDifference(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        int at = expected.CommonPrefixLength(actual);
        if (at == expected.Length)
        {
            return "";
        }

        int length = Math.Min(16, expected.Length - at);
        return $"  [{TestLayout.AddressOf(at):x}]: "
            + $"{Convert.ToHexStringLower(expected.Slice(at, length))}, "
            + $"{Convert.ToHexStringLower(actual.Slice(at, length))}\n";
    }
}
