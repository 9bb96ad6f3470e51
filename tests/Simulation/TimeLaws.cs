using Dilaton.Core;
using Dilaton.Cosim;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class TimeLaws
{
    [Fact]
    public void ActsAreInTimeOrder() => ForAnyNode((run, result, seed) =>
    {
        VirtualTime last = VirtualTime.Zero;
        foreach ((VirtualTime at, string what, int thread) in run.Kernel.Acts)
        {
            at.ShouldBeGreaterThanOrEqualTo(last, $"seed {seed}: {what} of {thread}");
            last = at;
        }

        result.Time.ShouldBeGreaterThanOrEqualTo(last);
    });

    [Fact]
    public void VirtualTimeIsTheSumOfItsParts() => ForAnyNode((run, _, seed) =>
    {
        for (int i = 0; i < run.Options.VcpuCount; i++)
        {
            VcpuTimes t = run.Session.Times(new VcpuId(i));
            t.TotalUnits.ShouldBe(
                t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits, $"seed {seed}");
            t.ExecutedUnits.ShouldBe(
                run.Session.ReadProgress(new VcpuId(i)).Instructions * 3, $"seed {seed}");
            t.Now.Picoseconds.ShouldBe(
                (ulong)((UInt128)t.TotalUnits * 1_000_000_000_000 / (3_000_000_000UL * 4)),
                $"seed {seed}");
        }
    });

    [Fact]
    public void StallIsTheSumOfItsCauses() => ForAnyNode((run, _, seed) => CausesAddUp(run, $"seed {seed}"));

    [Fact]
    public void StallIsTheSumOfItsCauses_OfAnOutOfOrderCore_AndBehindAPeer()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
            NodeSessionOptions options = ScriptedRun.Defaults(1 + (seed % 3)) with
            {
                OutOfOrder = new OutOfOrderOptions
                {
                    WindowInstructions = 100,
                    LoadQueueEntries = 20,
                    MissRegisters = 4,
                },
            };
            using var run = new ScriptedRun(program, entries, options, quantumNanoseconds: 4_000);
            run.Run();
            CausesAddUp(run, $"seed {seed}");
            foreach (NodeSessionOptions core in new[] { options, options with { OutOfOrder = null } })
            {
                using var behind = new ScriptedRun(
                    program, entries, core, quantumNanoseconds: 4_000,
                    peer: new ScriptedPeer(core, new FakeMemory(), true));
                behind.Run();
                CausesAddUp(behind, $"seed {seed}, peer");
            }
        }
    }

    internal static void CausesAddUp(ScriptedRun run, string what)
    {
        string[] causes = ["l1", "fetch", "l2", "l3", "memory", "storeBuffer", "tlb", "window"];
        causes = run.Options.Branches is null ? causes : [.. causes, "branch"];
        for (int i = 0; i < run.Options.VcpuCount; i++)
        {
            UInt128 sum = causes.Aggregate(
                UInt128.Zero, (s, cause) => s + run.Statistic($"vcpu{i}.cycles.stall.{cause}"));
            sum.ShouldBe(run.Statistic($"vcpu{i}.cycles.stall"), what);
        }
    }

    [Fact]
    public void TheSumHoldsAfterAReset()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Load, 0x2000),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 5_000),
            new(ScriptOp.Mark, 0x40),
            new(ScriptOp.SetCounter, 100),
            new(ScriptOp.Loop, 5),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0]);
        run.Run();
        run.Statistic("vcpu0.instructions").ShouldBe((UInt128)102);
        run.Statistic("vcpu0.cycles.executed").ShouldBe((UInt128)306);
        run.Statistic("vcpu0.cycles.waiting").ShouldBe(UInt128.Zero);
        run.Statistic("vcpu0.numCycles").ShouldBe(
            run.Statistic("vcpu0.cycles.executed") + run.Statistic("vcpu0.cycles.stall")
            + run.Statistic("vcpu0.cycles.kernel"));
    }

    private static void ForAnyNode(Action<ScriptedRun, NodeResult, int> claim) =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            int vcpus = 1 + (seed % 4);
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
            using var run = new ScriptedRun(
                program, entries, ScriptedRun.Defaults(vcpus), quantumNanoseconds: 4_000);
            claim(run, run.Run(), seed);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(80));
}
