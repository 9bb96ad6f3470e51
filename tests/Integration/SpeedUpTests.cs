using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>An OpenMP kernel whose parallel part is known speeds up as Amdahl's law says (Amdahl 1967):
/// T(n) = T(1) (s + (1 - s) / n). The 3 % allowed are for what the law leaves out: waking the team and
/// meeting at its barrier, some microseconds each.</summary>
public sealed class SpeedUpTests
{
    private const double ToleranceRatio = 0.03;
    private const double SerialPart = 0.010;

    [Theory]
    [InlineData(4, "filtered", 1 << 22)]
    [InlineData(64, "filtered", 1 << 23)]
    public void OpenMpKernel_ReachesItsTheoreticalSpeedUp(int cores, string events, int steps) =>
        Check(cores, events, steps);

    [Fact]
    [Trait("Tier", "soak")]
    public void OpenMpKernel_ReachesItsTheoreticalSpeedUp_On256Cores() => Check(256, "off", 1 << 25);

    private static void Check(int cores, string events, int steps)
    {
        double one = Nanoseconds(1, events, steps);
        double expected = one * (SerialPart + ((1 - SerialPart) / cores));
        double found = Nanoseconds(cores, events, steps);
        found.ShouldBeInRange(expected, expected * (1 + ToleranceRatio));
    }

    private static double Nanoseconds(int cores, string events, int steps)
    {
        Run run = Run.Of(
            ["-q", "--cores", $"{cores}", "--events", events],
            Paths.Guest("amdahl", "dynamic"),
            [$"{steps}", "10", "1"]);
        run.ExitCode.ShouldBe(0, run.Error);
        return double.Parse(run.Error, CultureInfo.InvariantCulture);
    }
}
