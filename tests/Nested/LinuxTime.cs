using System.Globalization;
using Shouldly;

namespace Dilaton.Tests.Nested;

/// <summary>What tests/Nested/bed/system-start says of a Linux's clocks.</summary>
internal static class LinuxTime
{
    /// <summary>Its clock is the counter, nothing in it complains, and ten of its seconds, by uptime and by date,
    /// take tdf times as long outside.</summary>
    public static void Check(SerialLog.Step step, double tdf, int cores)
    {
        step.Code.ShouldBe(0, step.Text);
        step.Text.ShouldContain("the guest switched the machine off (ACPI S5)");
        step.Text.ShouldContain($"@ cpus {cores}\n");
        step.Text.ShouldContain("@ clock tsc\n");
        step.Text.ShouldContain("@ date 2026-01-01\n");
        step.Text.ShouldNotContain("@ complaint");
        (double outside, double inside, double date) begin = Stamp(step, "begin");
        (double outside, double inside, double date) end = Stamp(step, "end");
        (end.inside - begin.inside).ShouldBe(10, 0.05, step.Text);
        (end.date - begin.date).ShouldBeInRange(10, 11, step.Text);
        double factor = (end.outside - begin.outside) / (end.inside - begin.inside);
        factor.ShouldBe(tdf, 0.005 * tdf, step.Text);
    }

    private static (double Outside, double Inside, double Date) Stamp(SerialLog.Step step, string name)
    {
        string[] words = step.Lines.Single(line => line.Contains($"@ {name} ", StringComparison.Ordinal)).Split(' ');
        return (Number(words[0]), Number(words[3]), Number(words[4]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
