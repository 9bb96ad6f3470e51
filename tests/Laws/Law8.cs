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
            $"{result.EventLogHash}\n" + string.Join('\n', list.Items),
            run.Options.EventLog!.ToString()!);
    }

    private static ScriptedRun Create(int seed, int vcpus, TextWriter log)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
        return new ScriptedRun(
            program,
            entries,
            ScriptedRun.Defaults(vcpus) with { EventLog = log },
            quantumNanoseconds: 4_000);
    }

    private static void ForAnyNode(Action<int, int> claim) =>
        Prop.ForAll(
            Gen.Choose(0, int.MaxValue).ToArbitrary(),
            seed => claim(seed, 1 + (seed % 4))).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
}
