using System.Globalization;
using System.Security.Cryptography;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Nested;

/// <summary>docs/examples/linux-and-program.yaml: Linux, whole, downloads a file from a program guest over links of
/// 10 Mbps and 2 ms, in physical time.</summary>
[Trait("Tier", "slow")]
public sealed class NetworkBootTests(NetworkBoot boot) : IClassFixture<NetworkBoot>
{
    private const double SegmentBytes = 1460;
    private const double FrameBytes = 1514;
    private const double LinkBits = 10e6;

    // Up, the switch, down, and back.
    private const double RoundTripSeconds = 2 * (2e-3 + 10e-6 + 2e-3);

    [NestedTheory]
    [InlineData("tdf1", 1)]
    [InlineData("tdf5", 5)]
    [InlineData("tdf10", 10)]
    public void Linux_DownloadsAtTheLinksRate_TdfTimesAsFastByItsClock(string name, int tdf)
    {
        SerialLog.Step step = Ended(name);
        double seconds = ServedSeconds(step);
        seconds.ShouldBe(ClosedForm(step) / tdf, 0.015 * ClosedForm(step) / tdf, step.Text);

        // By Linux's own clock, which has hundredths of a second; its wget is started, and a connection made, before.
        string[] words = Line(step, "@ download ").Split(' ');
        words[2].ShouldBe("0", step.Text);
        double perceived = Number(words[4]) - Number(words[3]);
        perceived.ShouldBeInRange(seconds - 0.011, (1.04 * seconds) + 0.02, step.Text);
    }

    /// <summary>The law of perceived rates: ten times as fast at TDF 10; physical rates of a tenth undo it.</summary>
    [NestedFact]
    public void PerceivedRate_IsTdfTimesThePhysicalOne()
    {
        double one = Rate(Ended("tdf1"));
        (Rate(Ended("tdf10")) / one).ShouldBe(10, 0.5);
        (Rate(Ended("scaled")) / one).ShouldBe(1, 0.05);
    }

    [NestedTheory]
    [InlineData("tdf1")]
    [InlineData("tdf10")]
    public void TheFile_ComesWhole(string name)
    {
        SerialLog.Step step = Ended(name);
        int size = (int)Size(step);
        byte[] buffer = [.. Enumerable.Range(0, 1 << 16).Select(i => (byte)('a' + (i % 26)))];
        byte[] file = [.. Enumerable.Range(0, size).Select(i => buffer[i % buffer.Length])];
        Line(step, "@ sum ").ShouldContain(Convert.ToHexStringLower(SHA256.HashData(file)), Case.Sensitive, step.Text);
        Line(step, "@ name ").ShouldBe("@ name linux mtu 1500");
    }

    /// <summary>Its clock stands while the other node works: nothing in it sees that.</summary>
    [NestedTheory]
    [InlineData("tdf1")]
    [InlineData("tdf5")]
    public void TheMachineIsHeldBetweenRounds_AndItsFramesAreHardlyLate(string name)
    {
        SerialLog.Step step = Ended(name);
        step.Text.ShouldNotContain("@ complaint");
        step.Text.ShouldContain("stands with the counter while the node waits for others");
        Statistic(step, "linux.rounds.holds").ShouldBeGreaterThan(100);
        Statistic(step, "linux.rounds.frames").ShouldBeGreaterThan(1000);
        Statistic(step, "linux.rounds.lateness").ShouldBeLessThan(0.0005);
        Statistic(step, "network.lost").ShouldBe(0);
    }

    private SerialLog.Step Ended(string name)
    {
        SerialLog.Step step = boot.Log.Of(name);
        step.Code.ShouldBe(0, step.Text);
        step.Text.ShouldContain("the guest switched the machine off (ACPI S5)");
        return step;
    }

    /// <summary>Of the bytes at the link's rate, in the physical world.</summary>
    private static double ClosedForm(SerialLog.Step step) =>
        (Size(step) * FrameBytes / SegmentBytes * 8 / LinkBits) + (1.5 * RoundTripSeconds);

    private static double Rate(SerialLog.Step step) => Size(step) / ServedSeconds(step);

    private static double Size(SerialLog.Step step) => Number(Line(step, "served ").Split(' ')[1]);

    private static double ServedSeconds(SerialLog.Step step) => Number(Line(step, "served ").Split(' ')[4]) / 1e6;

    private static double Statistic(SerialLog.Step step, string name) =>
        Number(Line(step, $"{name} ").Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    private static string Line(SerialLog.Step step, string begin) =>
        step.Lines.FirstOrDefault(line => line.StartsWith(begin, StringComparison.Ordinal))
            ?? $"no '{begin}' in {step.Text}";

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
