using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class NoMemory
{
    [Fact]
    public void AccessesAreCountedByKindAndStallNobody()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Load, 0x1008),
            new(ScriptOp.Store, 0x2000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitNode),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        run.Run();
        run.Statistic("memory.loads").ShouldBe((UInt128)2);
        run.Statistic("memory.stores").ShouldBe((UInt128)1);
        run.Session.Times(new VcpuId(0)).StallUnits.ShouldBe(0UL);
    }
}
