using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Waiting
{
    [Fact]
    public void CostsNoHostWork()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 3_600_000_000_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(
            program, [0], ScriptedRun.Defaults(4) with { Until = null }, hasMemory: false);
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.GuestExited);
        result.Time.Picoseconds.ShouldBeGreaterThan(3_600_000_000_000_000UL);
        run.Engine.RunCount.ShouldBe(2UL);
        VcpuTimes idle = run.Session.Times(new VcpuId(3));
        idle.WaitingUnits.ShouldBe(idle.TotalUnits);
        idle.Now.ShouldBeGreaterThanOrEqualTo(result.Time);
    }

    [Fact]
    public void DeadlockIsReported()
    {
        ScriptInstruction[] program = [new(ScriptOp.SystemCall, ScriptedKernel.Wait, 7)];
        using var run = new ScriptedRun(program, [0], ScriptedRun.Defaults(2) with { Until = null });
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.Deadlock);
        result.Report.ShouldContain("wait 7: 1");
        result.Report.ShouldContain(line => line.StartsWith("vcpu0: Idle"));
    }

    [Fact]
    public void EndlessSpinIsADeadlock()
    {
        ScriptInstruction[] program =
            [new(ScriptOp.Load, 0x40), new(ScriptOp.Pause), new(ScriptOp.Jump, 0)];
        using var run = new ScriptedRun(
            program, [0, 0], ScriptedRun.Defaults(2) with { Until = null });
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.Deadlock);
        result.Report.ShouldContain(line => line.StartsWith("vcpu0: Spinning at rip"));
        result.Report.ShouldContain(line => line.StartsWith("vcpu1: Spinning at rip"));
    }

    [Fact]
    public void AStopFromOutsideEndsAtASlice()
    {
        ScriptInstruction[] program = [new(ScriptOp.Modify, 0x40), new(ScriptOp.Jump, 0)];
        using var run = new ScriptedRun(program, [0], ScriptedRun.Defaults() with { Until = null });
        run.Session.Events.Schedule(
            VirtualTime.FromPicoseconds(30_000_000), new Stop(run.Session));
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.Stopped);
        result.Report.ShouldNotBeEmpty();
        run.Session.ReadProgress().HasEnded.ShouldBeTrue();
        run.Session.ReadProgress().Instructions.ShouldBeGreaterThan(0UL);
    }

    private sealed class Stop(NodeSession session) : INodeEvent
    {
        public void Fire() => session.RequestStop();
    }
}
