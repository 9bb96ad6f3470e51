using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Tests.Simulation;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws;

/// <summary>Law 8: V = executed + stall + kernel + waiting, exactly, per vCPU, in every run; nothing
/// acts before its time; the same seed gives the same bytes.</summary>
public sealed class Law8
{
    [Fact]
    public void VirtualTimeIsTheSumOfItsParts_InEveryRun() => ForAnyNode((seed, vcpus) =>
    {
        using ScriptedRun run = Create(seed, vcpus, new StringWriter());
        run.Run();
        for (int i = 0; i < vcpus; i++)
        {
            VcpuTimes t = run.Session.Times(new VcpuId(i));
            t.TotalUnits.ShouldBe(
                t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits, $"seed {seed}");
        }
    });

    [Fact]
    public void TheTimelineSumsUpToTheClocks_BinByBin() => ForAnyNode((seed, vcpus) =>
    {
        using ScriptedRun run = Create(seed, vcpus, new StringWriter(), 2 << (seed % 6));
        run.Run();
        IReadOnlyList<TimelineSample> rows = run.Session.ReadTimeline();
        VcpuTimes[] clocks =
            [.. Enumerable.Range(0, vcpus).Select(i => run.Session.Times(new VcpuId(i)))];

        rows.Count.ShouldBeInRange(1, run.Options.TimelineSamplesMax);
        ulong last = 0;
        foreach (TimelineSample row in rows)
        {
            row.BeginPs.ShouldBe(last, $"seed {seed}");
            last = row.EndPs;
            ulong passed = 0;
            foreach (VcpuTimes clock in clocks)
            {
                passed += Math.Min(clock.Now.Picoseconds, row.EndPs)
                    - Math.Min(clock.Now.Picoseconds, row.BeginPs);
            }

            (row.ExecutedPs + row.StallPs + row.KernelPs + row.WaitingPs)
                .ShouldBe(passed, $"seed {seed}, row at {row.BeginPs}");
        }

        Part(rows, r => r.ExecutedPs, clocks, c => c.ExecutedUnits, seed);
        Part(rows, r => r.StallPs, clocks, c => c.StallUnits, seed);
        Part(rows, r => r.KernelPs, clocks, c => c.KernelUnits, seed);
        Part(rows, r => r.WaitingPs, clocks, c => c.WaitingUnits, seed);
        ulong retired = 0;
        for (int i = 0; i < vcpus; i++)
        {
            retired += run.Session.ReadProgress(new VcpuId(i)).Instructions;
        }

        Sum(rows, r => r.Instructions).ShouldBe(retired, $"seed {seed}");
        ((UInt128)Sum(rows, r => r.MemoryRequests))
            .ShouldBe(run.Statistic("weave.requests"), $"seed {seed}");
    });

    [Fact]
    public void SameJobGivesSameBytes() => ForAnyNode((seed, vcpus) =>
    {
        (string first, string firstLog) = Bytes(seed, vcpus);
        using var busy = new HostLoad();
        (string second, string secondLog) = Bytes(seed, vcpus);
        second.ShouldBe(first, $"seed {seed}");
        secondLog.ShouldBe(firstLog, $"seed {seed}");
    });

    [Fact]
    public void NothingActsBeforeWhatHappenedEarlier() => ForAnyNode((seed, vcpus) =>
    {
        using ScriptedRun run = Create(seed, vcpus, new StringWriter());
        run.Run();
        ulong last = 0;
        foreach (string line in run.Options.EventLog!.ToString()!.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries))
        {
            ulong at = ulong.Parse(line.Split(' ')[0]);
            at.ShouldBeGreaterThanOrEqualTo(last, $"seed {seed}: {line}");
            last = at;
        }
    });

    private static (string Statistics, string Log) Bytes(int seed, int vcpus)
    {
        using ScriptedRun run = Create(seed, vcpus, new StringWriter());
        NodeResult result = run.Run();
        var list = new StatisticsList();
        run.Session.Collect(list);
        return (
            $"{result.EventLogHash}\n" + string.Join('\n', list.Items)
                + string.Join('\n', run.Session.ReadTimeline()),
            run.Options.EventLog!.ToString()!);
    }

    /// <summary>A part of all rows is that of the clocks, to less than 2 ps a vCPU.</summary>
    private static void Part(
        IReadOnlyList<TimelineSample> rows,
        Func<TimelineSample, ulong> part,
        VcpuTimes[] clocks,
        Func<VcpuTimes, ulong> units,
        int seed)
    {
        decimal exact = 0;
        foreach (VcpuTimes clock in clocks)
        {
            exact += units(clock) * 1_000_000_000_000m
                / (ScriptedRun.Defaults().Frequency.Hertz * (decimal)clock.UnitsPerCycle);
        }

        Math.Abs(Sum(rows, part) - exact).ShouldBeLessThan(2 * clocks.Length, $"seed {seed}");
    }

    private static ulong Sum(IReadOnlyList<TimelineSample> rows, Func<TimelineSample, ulong> part)
    {
        ulong sum = 0;
        foreach (TimelineSample row in rows)
        {
            sum += part(row);
        }

        return sum;
    }

    private static ScriptedRun Create(
        int seed,
        int vcpus,
        TextWriter log,
        int samplesMax = NodeSessionOptions.DefaultTimelineSamples)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
        return new ScriptedRun(
            program,
            entries,
            ScriptedRun.Defaults(vcpus) with { EventLog = log, TimelineSamplesMax = samplesMax },
            quantumNanoseconds: 4_000);
    }

    private static void ForAnyNode(Action<int, int> claim) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed => claim(seed, 1 + (seed % 4))).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
}
