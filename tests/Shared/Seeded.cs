using System.Globalization;
using FsCheck;

namespace Dilaton.Tests;

/// <summary>Random tests under `./test --seed N`: the same N gives the same cases again, and the
/// soak tier gives many more of them.</summary>
internal static class Seeded
{
    private const int QuickCases = 100;
    private const int SoakCases = 5000;

    // The second half of FsCheck's seed; must be odd.
    private const ulong Gamma = 0x9E37_79B9_7F4A_7C15;

    public static ulong Seed => ulong.TryParse(
        Environment.GetEnvironmentVariable("DILATON_TEST_SEED"), NumberStyles.None,
        CultureInfo.InvariantCulture, out ulong seed) ? seed : 1;

    public static bool IsSoak => Environment.GetEnvironmentVariable("DILATON_TEST_SOAK") == "1";

    /// <summary>Checks the property; a failure tells the seed and the shrunk case.</summary>
    public static void CheckSeeded(this Property property) =>
        Check.One(
            Config.QuickThrowOnFailure
                .WithReplay(Seed, Gamma)
                .WithMaxTest(IsSoak ? SoakCases : QuickCases)
                .WithName($"./test --seed {Seed}"),
            property);
}
