using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>What a node did when. That it sums up is law 8's.</summary>
public sealed class Timelines
{
    [Fact]
    public void ALongWait_LiesWhereItWas_AndWorkAroundItIsNotSmearedOverIt()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 10_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 1_000_000_000),
            new(ScriptOp.SetCounter, 10_000),
            new(ScriptOp.Loop, 4),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(
            program, [0], ScriptedRun.Defaults() with { Until = null, FastForwardSpins = false }, hasMemory: false);
        run.Run();
        IReadOnlyList<TimelineSample> rows = run.Session.ReadTimeline();

        rows.Count.ShouldBeGreaterThan(256, "the bins are as narrow as their number allows");
        rows.Count.ShouldBeLessThanOrEqualTo(512);
        foreach (TimelineSample row in rows.Skip(1).SkipLast(2))
        {
            row.WaitingPs.ShouldBe(row.EndPs - row.BeginPs, $"at {row.BeginPs}");
        }

        rows[0].ExecutedPs.ShouldBeGreaterThan(0UL);
        (rows[^1].ExecutedPs + rows[^2].ExecutedPs).ShouldBeGreaterThan(0UL);
    }

    [Fact]
    public void AReset_TakesNothingFromIt()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1_0000),
            new(ScriptOp.Load, 0x2_0000),
            new(ScriptOp.Mark, 0x40),
            new(ScriptOp.Load, 0x3_0000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], ScriptedRun.Defaults() with { Until = null });
        run.Run();

        run.Statistic("weave.requests").ShouldBe((UInt128)1);
        run.Statistic("weave.latency::samples").ShouldBe((UInt128)1);
        ulong requests = 0;
        foreach (TimelineSample row in run.Session.ReadTimeline())
        {
            requests += row.MemoryRequests;
        }

        requests.ShouldBe(3UL);
    }
}
