using System.Globalization;

namespace Dilaton.Tests.Integration;

/// <summary>What the death of a participant may take.</summary>
internal static class Deaths
{
    /// <summary>From the death until all results are written.</summary>
    public static readonly TimeSpan NoticedWithin = TimeSpan.FromSeconds(2);

    /// <summary>What `date +%s%N` wrote just before.</summary>
    public static DateTime KilledAt(string file) => DateTime.UnixEpoch.AddTicks(
        long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) / 100);
}
