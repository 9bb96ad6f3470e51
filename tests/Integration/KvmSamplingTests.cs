using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Estimates from detail windows under KVM, against the translator, which sees everything.
/// </summary>
public sealed class KvmSamplingTests
{
    private static readonly string[] s_sampled =
    [
        "--engine", "kvm", "--events", "sampled", "events.sampling={every: 1ms, window: 300, warmup: 700}",
    ];

    /// <summary>One of twenty intervals of 95 % may miss, and windows are drawn in run time: of eight
    /// figures six must be held.</summary>
    [KvmFact]
    public void Estimates_HoldWhatTheTranslatorCounts()
    {
        List<string> told = [];
        int held = 0;
        foreach (string[] program in new string[][] { ["quicksort", "60000"], ["sieve", "200000", "12"] })
        {
            string path = Paths.Guest(program[0]);
            Run sampled = Run.Of(s_sampled, path, program[1..]);
            Run full = Run.Of(["--events", "full"], path, program[1..]);
            sampled.Output.ShouldBe(full.Output, sampled.Error);
            sampled.Statistic("sampled.windows").ShouldBeGreaterThan(1);
            sampled.Statistic("vcpu0.cycles.stall").ShouldBe(0);
            decimal instructions = full.Instructions;
            decimal Of(params string[] names) => names.Sum(full.Statistic);
            (string, decimal)[] truths =
            [
                ("cpi", Of("cycles.executed", "cycles.stall") / instructions),
                ("requests", Of("dram.reads") / instructions),
                ("l1d.loadHits", Of("l1d.loadHits") / instructions),
                ("l1d.storeHits", Of("l1d.storeHits") / instructions),
            ];
            foreach ((string name, decimal truth) in truths)
            {
                JsonNode estimate = sampled.Node["sampled"]!.AsArray()
                    .Single(e => e!["name"]!.GetValue<string>() == name)!;
                decimal low = End(estimate, "warmLow") ?? End(estimate, "low") ?? 0;
                decimal high = End(estimate, "warmHigh") ?? End(estimate, "high") ?? decimal.MaxValue;
                low.ShouldBeLessThanOrEqualTo(high);
                held += low <= truth && truth <= high ? 1 : 0;
                told.Add($"{program[0]} {name}: {truth} in {low} to {high}");
            }
        }

        held.ShouldBeGreaterThanOrEqualTo(6, string.Join('\n', told));
    }

    [KvmFact]
    public void TheResult_SaysThatTheyAreEstimates()
    {
        Run run = Run.Of([.. s_sampled], Paths.Guest("threads"), []);
        run.ExitCode.ShouldBe(0, run.Error);
        run.Output.ShouldBe(Run.Native(Paths.Guest("threads"), []).Output);
        run.Result["estimates"]!.ToJsonString().ShouldContain("windows of 300 instructions, one in 1ms");
        run.Error.ShouldBe("");
    }

    /// <summary>The program clears and sets bits of an array of 200000 bytes: 49 pages and some more.</summary>
    [KvmFact]
    public void WrittenPages_AreInStatisticsAndTimeline()
    {
        Run run = Run.Of(
            ["--engine", "kvm", "events.writtenPages=1ms"], Paths.Guest("sieve"), ["200000", "40"]);
        run.ExitCode.ShouldBe(0, run.Error);
        decimal intervals = run.Statistic("written.intervals");
        intervals.ShouldBeGreaterThan(0);
        run.Statistic("written.everWritten").ShouldBeGreaterThan(40);
        run.Statistic("written.workingSetMax").ShouldBeLessThanOrEqualTo(run.Statistic("written.everWritten"));
        string[] rows = run.Files["timeline.csv"].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        rows[0].ShouldEndWith(",pagesWritten");
        decimal sum = rows.Skip(1).Sum(
            row => decimal.Parse(row[(row.LastIndexOf(',') + 1)..], CultureInfo.InvariantCulture));
        (sum / intervals).ShouldBe(run.Statistic("written.workingSet"), 0.001m);
    }

    private static decimal? End(JsonNode estimate, string name) => (decimal?)estimate[name]?.GetValue<double>();
}
