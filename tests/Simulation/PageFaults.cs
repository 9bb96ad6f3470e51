using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class PageFaults
{
    [Fact]
    public void AreChargedAtTheFirstTouchOfEachPage()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Load, 0x1008),
            new(ScriptOp.Store, 0x2000),
            new(ScriptOp.Load, 0x1800),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitNode),
        ];
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.PageFault] = VirtualDuration.FromNanoseconds(500),
            },
            0);
        var memory = new FakeMemory { Requests = [] };
        NodeSessionOptions options = ScriptedRun.Defaults() with { KernelCosts = costs };
        using var run = new ScriptedRun(program, [0], options, memory: memory);
        run.Run();
        run.Statistic("vcpu0.pageFaults").ShouldBe((UInt128)2);
        run.Session.Times(new VcpuId(0)).KernelUnits.ShouldBe(2UL * 1_500 * 4);

        // The access comes after its fault.
        memory.Requests[0].At.Picoseconds.ShouldBe(504_000UL);
    }
}
