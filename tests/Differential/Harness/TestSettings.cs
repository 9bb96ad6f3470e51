namespace Dilaton.Tests.Differential;

/// <summary>What ./test passes: --seed, and whether this is a soak.</summary>
internal static class TestSettings
{
    public static ulong Seed { get; } =
        ulong.TryParse(Environment.GetEnvironmentVariable("DILATON_TEST_SEED"), out ulong seed)
            ? seed
            : 1;

    public static bool IsSoak => Environment.GetEnvironmentVariable("DILATON_TEST_SOAK") == "1";
}
