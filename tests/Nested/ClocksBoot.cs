namespace Dilaton.Tests.Nested;

/// <summary>As <see cref="TimingBoot"/>: machines whose clocks are dilated, held and shared. A soak boots Linux at all
/// factors.</summary>
public sealed class ClocksBoot() : Boot(
    "clocks", More.Length > 0 ? $"more={More}" : "", ["-accel", "tcg", "-smp", "1", "-icount", "shift=2,sleep=off"])
{
    /// <summary>Besides 1/2, 5 and 100, and the 1 and 5 of <see cref="TimingBoot"/>.</summary>
    public static string More => Environment.GetEnvironmentVariable("DILATON_TEST_SOAK") == "1" ? "2,10,20,50" : "";
}
