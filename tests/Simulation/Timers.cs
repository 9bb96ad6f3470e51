using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Timers
{
    [Fact]
    public void WakeAtTheirTimeToTheCycle()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 12_345),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            Frequency = new Frequency(1_000_000_000),
            CyclesPerInstruction = Ratio.One,
            KernelCosts = KernelCosts.Ideal,
        };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        NodeResult result = run.Run();
        (VirtualTime At, string What, int Thread) woken =
            run.Kernel.Acts.Last(a => a.What == "dispatch");
        woken.At.Picoseconds.ShouldBe(1_000UL + 12_345_000);
        result.Time.Picoseconds.ShouldBe(1_000UL + 12_345_000 + 1_000);
        run.Session.Times(new VcpuId(0)).WaitingUnits.ShouldBe(12_345UL);
    }

    [Fact]
    public void NeverFireEarlyAndNothingActsInBetween()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 4);
            using var run = new ScriptedRun(program, entries, ScriptedRun.Defaults(2));
            var order = new List<(ulong Due, ulong At)>();
            var random = new Random(seed);
            for (int i = 0; i < 40; i++)
            {
                ulong due = (ulong)random.Next(0, 60_000_000);
                run.Session.Events.Schedule(
                    VirtualTime.FromPicoseconds(due),
                    new Recorder(() => order.Add((due, run.Session.Now.Picoseconds))));
            }

            run.Run();
            order.ShouldNotBeEmpty();
            order.ShouldAllBe(o => o.Due == o.At);
            order.Select(o => o.At).ShouldBeInOrder();
        }
    }

    [Fact]
    public void NothingActsAfterAStallBeforeTheTimerItCrossed()
    {
        // A load of about 100 ns crosses a timer at 20 ns; the call after it comes later.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(
            program,
            [0],
            ScriptedRun.Defaults() with { KernelCosts = KernelCosts.Ideal },
            memory: new FakeMemory { MinLatency = VirtualDuration.FromNanoseconds(100) });
        int actsBefore = -1;
        run.Session.Events.Schedule(
            VirtualTime.FromPicoseconds(20_000),
            new Recorder(() => actsBefore = run.Kernel.Acts.Count));
        run.Run();
        run.Kernel.Acts[0].What.ShouldBe("dispatch");
        actsBefore.ShouldBe(1);
        run.Kernel.Acts[1].At.Picoseconds.ShouldBeGreaterThan(100_000UL);
    }

    [Fact]
    public void UntilEndsTheRunWithinACheckOfIt()
    {
        ScriptInstruction[] program = [new(ScriptOp.Compute), new(ScriptOp.Jump, 0)];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            Until = VirtualTime.FromPicoseconds(77_777_777),
            FastForwardSpins = false,
        };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.Until);
        result.Time.Picoseconds.ShouldBe(77_777_777UL);
        run.Session.Times(new VcpuId(0)).Now.Picoseconds.ShouldBeInRange(77_777_777UL, 78_111_111UL);
    }

    [Fact]
    public void PreemptionWaitsForItsDeadline()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 300_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(
            program, [0, 0], hasMemory: false, quantumNanoseconds: 10_000);
        run.Run();
        VirtualTime turn = VirtualTime.Zero;
        int preemptions = 0;
        foreach ((VirtualTime at, string what, int _) in run.Kernel.Acts)
        {
            if (what == "dispatch")
            {
                turn = at;
            }
            else if (what == "preempt")
            {
                preemptions++;
                (at - turn).ShouldBeGreaterThanOrEqualTo(VirtualDuration.FromNanoseconds(10_000));
                (at - turn).ShouldBeLessThan(VirtualDuration.FromNanoseconds(10_400));
            }
        }

        preemptions.ShouldBeGreaterThan(10);
    }

    private sealed class Recorder(Action action) : INodeEvent
    {
        public void Fire() => action();
    }
}
