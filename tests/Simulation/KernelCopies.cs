using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class KernelCopies
{
    [Fact]
    public void EnterTheHierarchyLineByLineAndStallNobody()
    {
        // 200 bytes from 0x1010 on touch 4 lines.
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.CopyOut, 0x1010),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var memory = new FakeMemory { Requests = [] };
        using var run = new ScriptedRun(program, [0], memory: memory);
        run.Run();
        run.Statistic("memory.records").ShouldBe((UInt128)4);
        memory.Requests.Select(r => r.Line).ShouldBe([0x1000UL, 0x1040UL, 0x1080UL, 0x10c0UL]);
        memory.Requests.ShouldAllBe(r => r.Kind == MemoryEventKind.KernelStore);
        run.Session.Times(new VcpuId(0)).StallUnits.ShouldBe(0UL);
        ((ScriptedVcpu)run.Engine.Vcpus[0]).DroppedLines.ShouldBe(4UL);
    }

    [Fact]
    public void CostTheirBytes()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.CopyIn, 0x1000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitNode),
        ];
        var costs = new KernelCosts(
            new Dictionary<KernelCostClass, VirtualDuration>
            {
                [KernelCostClass.File] = VirtualDuration.FromNanoseconds(10),
            },
            3_000_000_000);
        NodeSessionOptions options = ScriptedRun.Defaults() with { KernelCosts = costs };
        using var run = new ScriptedRun(program, [0], options);
        run.Run();

        // 10 ns + 200 B / 3 GB/s = 76.67 ns = 230 cycles of 3 GHz.
        run.Session.Times(new VcpuId(0)).KernelUnits.ShouldBe(230UL * 4);
    }
}
