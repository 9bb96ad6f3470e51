using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class SyncPoints
{
    [Fact]
    public void ActInGlobalTimeOrder()
    {
        // The first thread computes longer between its calls than a slice; the second calls often.
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 9_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SetCounter, 9_000),
            new(ScriptOp.Loop, 4),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SetCounter, 9_000),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.Loop, 7),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options =
            ScriptedRun.Defaults(2) with { KernelCosts = KernelCosts.Ideal };
        using var run = new ScriptedRun(program, [0, 6], options, hasMemory: false);
        run.Run();
        List<(VirtualTime At, string What, int Thread)> acts =
            [.. run.Kernel.Acts.Where(a => a.What == "call4")];
        int slow = acts.FindIndex(a => a.Thread == 0);

        // 1 + 9 000 + 1 instructions of 3/4 cycle at 3 GHz.
        acts[slow].At.Picoseconds.ShouldBe(9_002UL * 3 * 1_000 / 12);
        acts[slow - 1].At.ShouldBeLessThan(acts[slow].At);
        acts[slow + 1].At.ShouldBeGreaterThanOrEqualTo(acts[slow].At);
        slow.ShouldBeGreaterThan(700);
    }

    [Fact]
    public void Tsc_IsTheFloorOfTimeTimesRate()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 12_345),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.Timestamp),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            KernelCosts = KernelCosts.Ideal,
            EventLog = new StringWriter(),
        };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        run.Run();

        // 12 347 instructions x 3/4 cycle / 3 GHz = 3 086 750 ps; x 2.1 GHz = 6 482.175.
        options.EventLog!.ToString()!.ShouldContain($"3086750 vcpu0 TimestampRead 0x{6482:x}");
    }

    [Fact]
    public void KernelCostComesAfterTheAct()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.Trivial] = VirtualDuration.FromNanoseconds(100),
            },
            0);
        NodeSessionOptions options = ScriptedRun.Defaults() with { KernelCosts = costs };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        run.Run();
        VirtualTime[] calls =
            [.. run.Kernel.Acts.Where(a => a.What == "call4").Select(a => a.At)];
        calls[0].Picoseconds.ShouldBe(250UL);
        calls[1].Picoseconds.ShouldBe(100_500UL);
    }

    [Fact]
    public void WhatAnActHasPaidFor_IsToldByItsVcpusClock_AndInAnEventFromItsTime()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 1_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.Trivial] = VirtualDuration.FromPicoseconds(100_100),
            },
            0);
        NodeSessionOptions options = ScriptedRun.Defaults() with { KernelCosts = costs };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        run.Run();
        (VirtualTime At, string What, int Thread) sleeps =
            run.Kernel.Acts.Single(a => a.What == "call1");

        // 301 cycles of a third of a nanosecond cover it; the sleeper's instruction takes 250 ps.
        run.Kernel.Promises.Select(p => p.Picoseconds).ShouldBe(
            [100_583UL, sleeps.At.Picoseconds + 1_000_000 + 100_100]);
        sleeps.At.Picoseconds.ShouldBe(100_583UL + 250);
    }
}
