using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Spins
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(1, true)]
    [InlineData(3, false)]
    [InlineData(3, true)]
    public void FastForwardChangesNothingButTheSpinCount(int spinners, bool pauses)
    {
        // Spinners wait for a flag that a sleeper sets; one more thread works meanwhile.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x5000),
            pauses ? new(ScriptOp.Pause) : new(ScriptOp.Compute),
            new(ScriptOp.JumpIfZero, 0),
            new(ScriptOp.Modify, 0x9000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 400_000),
            new(ScriptOp.SetCounter, 20_000),
            new(ScriptOp.Modify, 0x6000),
            new(ScriptOp.Loop, 7),
            new(ScriptOp.Set, 1),
            new(ScriptOp.Store, 0x5000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        ulong[] entries = [.. Enumerable.Repeat(0UL, spinners), 5];
        string[] prints = new string[2];
        ulong[] runs = new ulong[2];
        for (int i = 0; i < 2; i++)
        {
            NodeSessionOptions options = ScriptedRun.Defaults(spinners + 1) with
            {
                FastForwardSpins = i == 1,
            };
            using var run = new ScriptedRun(program, entries, options);
            NodeResult result = run.Run();
            result.End.ShouldBe(NodeEnd.GuestExited);
            prints[i] = run.Fingerprint(result) + $" hits {run.Hierarchy!.Hits}";
            runs[i] = run.Engine.RunCount;
            (run.Statistic("vcpu0.spin") > 200_000).ShouldBe(i == 1);
            run.Engine.Memory[0x9000].ShouldBe((ulong)spinners);
        }

        prints[1].ShouldBe(prints[0]);
        runs[1].ShouldBeLessThan(runs[0]);
    }

    [Fact]
    public void ALoopThatStoresIsNotSkipped()
    {
        ScriptInstruction[] program = [new(ScriptOp.Store, 0x40), new(ScriptOp.Jump, 0)];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            Until = VirtualTime.FromPicoseconds(100_000_000),
        };
        using var run = new ScriptedRun(program, [0], options);
        run.Run();
        run.Statistic("vcpu0.spin").ShouldBe(UInt128.Zero);
    }
}
