using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Allocation
{
    [Fact]
    public void ASliceAllocatesNothing()
    {
        ulong few = Allocated(2_000, out ulong fewRuns);
        ulong many = Allocated(40_000, out ulong manyRuns);
        manyRuns.ShouldBeGreaterThan(fewRuns + 10_000);
        many.ShouldBeLessThan(few + 4_096);
    }

    private static ulong Allocated(ulong rounds, out ulong runs)
    {
        // Misses, weaves, calls, clock reads and slices of two rivals.
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, rounds),
            new(ScriptOp.Load, 0x1_0000),
            new(ScriptOp.Load, 0x2_0000),
            new(ScriptOp.Store, 0x3_0000),
            new(ScriptOp.Timestamp),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SetCounter, rounds),
            new(ScriptOp.Load, 0x4_0000),
            new(ScriptOp.Load, 0x5_0000),
            new(ScriptOp.Load, 0x6_0000),
            new(ScriptOp.Loop, 9),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(2) with { Until = null };
        using var run = new ScriptedRun(program, [0, 8], options, recordsActs: false);
        long before = GC.GetAllocatedBytesForCurrentThread();
        run.Run();
        runs = run.Engine.RunCount;
        return (ulong)(GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
