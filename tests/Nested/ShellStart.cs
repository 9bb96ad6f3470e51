using System.Globalization;
using System.Text.RegularExpressions;
using Shouldly;

namespace Dilaton.Tests.Nested;

/// <summary>What tests/Nested/bed/init says of a Linux that has come to its shell, in seconds of the bed's clock since
/// its VMM was started.</summary>
/// <param name="PowerOn">When its processor began.</param>
/// <param name="Shell">When its shell was there.</param>
/// <param name="Exits">How often its processor came out to the VMM's own code.</param>
internal sealed partial record ShellStart(double PowerOn, double Shell, int Exits)
{
    public double Boot => Shell - PowerOn;

    /// <summary>Its virtual time is that from power-on to the reset, which the guest does after the shell's word.
    /// </summary>
    public static ShellStart OfDilaton(SerialLog.Step step)
    {
        double reset = Stamp(step, "reboot: Restarting system");
        double ran = Number(Found(VirtualTime(), step)) / 1e12;
        MatchCollection exits = ExitCounts().Matches(step.Text);
        exits.Count.ShouldBe(6, step.Text);
        return Checked(step, new(reset - ran, Stamp(step, "@ shell"), exits.Sum(exit => (int)Number(exit))));
    }

    /// <summary>Of tests/Nested/bed/linux-vmm.c.</summary>
    public static ShellStart OfMinimal(SerialLog.Step step)
    {
        Match end = Ended().Match(step.Text);
        end.Success.ShouldBeTrue(step.Text);
        int exits = int.Parse(end.Groups[2].ValueSpan, CultureInfo.InvariantCulture)
            + int.Parse(end.Groups[3].ValueSpan, CultureInfo.InvariantCulture);
        return Checked(step, new(Number(end) / 1e6, Stamp(step, "@ shell"), exits));
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"power-on after {PowerOn:F3} s, shell {Boot:F3} s later, {Exits} exits");

    private static ShellStart Checked(SerialLog.Step step, ShellStart start)
    {
        step.Code.ShouldBe(0, step.Text);
        start.PowerOn.ShouldBeGreaterThan(0, step.Text);
        start.Boot.ShouldBeGreaterThan(0, step.Text);
        return start;
    }

    private static double Stamp(SerialLog.Step step, string words)
    {
        string line = step.Lines.Single(line => line.EndsWith(words, StringComparison.Ordinal));
        return double.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture);
    }

    private static Match Found(Regex what, SerialLog.Step step)
    {
        Match found = what.Match(step.Text);
        found.Success.ShouldBeTrue(step.Text);
        return found;
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("\"virtualTimePs\": ([0-9]+)")]
    private static partial Regex VirtualTime();

    [GeneratedRegex(@"exits\.[A-Za-z]+\.count +([0-9]+)")]
    private static partial Regex ExitCounts();

    [GeneratedRegex("@ entered ([0-9]+) us, .* ([0-9]+) port accesses, ([0-9]+) address accesses")]
    private static partial Regex Ended();
}
