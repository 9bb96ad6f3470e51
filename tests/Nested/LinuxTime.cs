using System.Globalization;
using Shouldly;

namespace Dilaton.Tests.Nested;

/// <summary>What tests/Nested/bed/system-start says of a Linux's clocks.</summary>
internal static class LinuxTime
{
    /// <summary>It runs to its end, and ten of its seconds, by uptime and by date, take tdf times as long outside.
    /// </summary>
    public static void Check(SerialLog.Step step, double tdf, int cores)
    {
        CheckRun(step, cores);
        (double outside, double inside) = SleptTen(step);
        (outside / inside).ShouldBe(tdf, 0.005 * tdf, step.Text);
    }

    /// <summary>Its clock is the counter, nothing in it complains, and it switches the machine off.</summary>
    public static void CheckRun(SerialLog.Step step, int cores)
    {
        step.Code.ShouldBe(0, step.Text);
        step.Text.ShouldContain("the guest switched the machine off (ACPI S5)");
        step.Text.ShouldContain($"@ cpus {cores}\n");
        step.Text.ShouldContain("@ clock tsc\n");
        step.Text.ShouldContain("@ date 2026-01-01\n");
        step.Text.ShouldNotContain("@ complaint");
    }

    /// <summary>Its sleep of ten seconds takes ten, by uptime and by date.</summary>
    /// <returns>What it took by the bed's clock and by its own, in seconds.</returns>
    public static (double Outside, double Inside) SleptTen(SerialLog.Step step)
    {
        (double outside, double inside, double date) = Slept(step);
        inside.ShouldBe(10, 0.05, step.Text);
        date.ShouldBeInRange(10, 11, step.Text);
        return (outside, inside);
    }

    /// <returns>What its sleep of ten seconds took by the bed's clock, by its uptime and by its date, in seconds.
    /// </returns>
    public static (double Outside, double Inside, double Date) Slept(SerialLog.Step step)
    {
        (double outside, double inside, double date) begin = Stamp(step, "begin");
        (double outside, double inside, double date) end = Stamp(step, "end");
        return (end.outside - begin.outside, end.inside - begin.inside, end.date - begin.date);
    }

    private static (double Outside, double Inside, double Date) Stamp(SerialLog.Step step, string name)
    {
        string[] words = step.Lines.Single(line => line.Contains($"@ {name} ", StringComparison.Ordinal)).Split(' ');
        return (Number(words[0]), Number(words[3]), Number(words[4]));
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
