using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Scheduling
{
    private static readonly ScriptInstruction[] s_compute =
    [
        new(ScriptOp.SetCounter, 40_000),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    [Fact]
    public void RunsTheLowestTimeThenIdFirst()
    {
        NodeSessionOptions options = ScriptedRun.Defaults(3) with
        {
            KernelCosts = Time.KernelCosts.Ideal,
            FastForwardSpins = false,
        };
        using var run = new ScriptedRun(s_compute, [0, 0, 0], options, hasMemory: false);
        run.Engine.Slices = [];
        run.Run();
        int rounds = run.Engine.Slices.Count / 3;
        rounds.ShouldBeGreaterThan(10);
        for (int i = 0; i < rounds * 3; i++)
        {
            run.Engine.Slices[i].ShouldBe(i % 3, $"slice {i}");
        }
    }

    [Fact]
    public void SlicesOfRivalsEndOnTheGrid()
    {
        NodeSessionOptions options = ScriptedRun.Defaults(2) with { SliceCycles = 500 };
        using var run = new ScriptedRun(s_compute, [0, 0], options, hasMemory: false);
        run.Run();

        // 40 001 instructions of 3/4 cycle are 30 000 cycles: 60 slices of 500 each.
        ((ulong)run.Statistic("vcpu0.exits.budgetExhausted")).ShouldBeInRange(59UL, 61UL);
        ((ulong)run.Statistic("vcpu1.exits.budgetExhausted")).ShouldBeInRange(59UL, 61UL);
    }

    [Fact]
    public void SlicesOfProcessesThatAreApartAreLonger_AndTakeAsLong()
    {
        NodeSessionOptions options = ScriptedRun.Defaults(2) with { SliceCycles = 20 };
        using var near = new ScriptedRun(s_compute, [0, 0], options, hasMemory: false);
        near.Run();
        using var apart = new ScriptedRun(s_compute, [0, 0], options, hasMemory: false);
        apart.Kernel.IsApart = true;
        apart.Run();

        // 30 000 cycles are 1500 slices of 20, and 7.5 of 4000.
        ((ulong)near.Statistic("vcpu0.exits.budgetExhausted")).ShouldBeInRange(1490UL, 1510UL);
        ((ulong)apart.Statistic("vcpu0.exits.budgetExhausted")).ShouldBeInRange(7UL, 40UL);
        apart.Statistic("vcpu0.numCycles").ShouldBe(near.Statistic("vcpu0.numCycles"));
    }

    [Fact]
    public void ALoneVcpuIsNotSliced()
    {
        using var run = new ScriptedRun(s_compute, [0], hasMemory: false);
        run.Run();
        ((ulong)run.Statistic("vcpu0.exits.budgetExhausted")).ShouldBeLessThan(30UL);
    }

    [Fact]
    public void PauseGivesWayToTheVcpuBehind()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Pause),
            new(ScriptOp.Jump, 0),
            .. s_compute.Select(i => i.Op == ScriptOp.Loop ? i with { A = 3 } : i),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(2) with
        {
            FastForwardSpins = false,
            Until = VirtualTime.FromPicoseconds(2_000_000),
        };
        using var run = new ScriptedRun(program, [0, 2], options, hasMemory: false);
        run.Engine.Slices = [];
        run.Run().End.ShouldBe(NodeEnd.Until);
        VirtualTime a = run.Session.Times(new VcpuId(0)).Now;
        VirtualTime b = run.Session.Times(new VcpuId(1)).Now;
        (a > b ? a - b : b - a).ShouldBeLessThan(VirtualDuration.FromNanoseconds(400));
    }

    [Fact]
    public void SameTimesForAnyRunOfTheSameJob()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            string[] prints = new string[2];
            for (int i = 0; i < 2; i++)
            {
                using var run = new ScriptedRun(
                    program, entries, ScriptedRun.Defaults(3), quantumNanoseconds: 5_000);
                prints[i] = run.Fingerprint(run.Run());
            }

            prints[1].ShouldBe(prints[0], $"seed {seed}");
        }
    }

    [Fact]
    public void EnginesThatCannotStopExactlyAreRefused()
    {
        using var session = new NodeSession(ScriptedRun.Defaults());
        using var engine = new ScriptedEngine(s_compute, 1, session, 8)
        {
            Traits = EngineTraits.DilatesTsc,
        };
        var kernel = new ScriptedKernel(
            session, session.Events, session, session, 1, [0], VirtualDuration.Zero);
        Should.Throw<ConfigException>(
            () => session.Attach(engine, kernel, kernel, null, null)).Key.ShouldBe("time.mode");
    }
}
