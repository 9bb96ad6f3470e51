using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Cores of one node that are not alike: docs/time.md, 1.6.</summary>
public sealed class UnequalCores
{
    private static readonly Ratio s_half = new(1, 2);

    [Fact]
    public void HalfTheClock_TakesTwiceAsLong_Exactly()
    {
        NodeSessionOptions options = Ideal([Core(Ratio.One, Ratio.One), Core(s_half, Ratio.One)]);
        using var run = new ScriptedRun(Counted(40_000), [0, 0], options, hasMemory: false);
        run.Run().End.ShouldBe(NodeEnd.GuestExited);

        // 40 002 instructions of 500 ps and of 1000 ps.
        ExitOf(run, 0).ShouldBe(VirtualTime.FromPicoseconds(20_001_000));
        ExitOf(run, 1).ShouldBe(VirtualTime.FromPicoseconds(40_002_000));
        run.Statistic("vcpu0.cycles.executed").ShouldBe(run.Statistic("vcpu1.cycles.executed"));
        run.Statistic("vcpu0.frequency").ShouldBe((UInt128)2_000_000_000);
        run.Statistic("vcpu1.frequency").ShouldBe((UInt128)1_000_000_000);
    }

    [Fact]
    public void AQueueOfEqualWork_IsSharedByTheSpeeds()
    {
        const int Jobs = 300;
        NodeSessionOptions options = Ideal([Core(s_half, Ratio.One), Core(Ratio.One, Ratio.One)]);
        using var run = new ScriptedRun(
            Counted(5_000), [.. new ulong[Jobs]], options, hasMemory: false);
        run.Run().End.ShouldBe(NodeEnd.GuestExited);
        ((int)run.Statistic("vcpu0.dispatches")).ShouldBeInRange((Jobs / 3) - 1, (Jobs / 3) + 1);
        (run.Statistic("vcpu0.dispatches") + run.Statistic("vcpu1.dispatches")).ShouldBe((UInt128)Jobs);
    }

    [Fact]
    public void SlicesDoNotShow_WhereCoresShareNothing()
    {
        string? first = null;
        foreach (ulong slice in (ulong[])[1_000, 1, 77, 5_000, 100_000])
        {
            NodeSessionOptions options = Ideal(
            [
                Core(Ratio.One, new Ratio(3, 4)), Core(new Ratio(2, 3), Ratio.One), Core(s_half, new Ratio(7, 5)),
            ]) with
            { SliceCycles = slice };
            using var run = new ScriptedRun(Stamped(3_000), [0, 0, 0], options, hasMemory: false);
            string print = run.Fingerprint(run.Run());
            (first ??= print).ShouldBe(print, $"slices of {slice}");
        }
    }

    [Fact]
    public void ASlice_TakesAsLongOnEveryCore()
    {
        NodeSessionOptions options = Ideal(
            [Core(Ratio.One, Ratio.One), Core(new Ratio(1, 4), Ratio.One)]) with
        { FastForwardSpins = false };
        using var run = new ScriptedRun(Counted(40_000), [0, 0], options, hasMemory: false);
        run.Engine.Slices = [];
        run.Run();

        // While both run, they take turns, 1000 cycles of one against 250 of the other.
        int[] turns = [.. run.Engine.Slices.Take(60)];
        turns.Count(vcpu => vcpu == 0).ShouldBeInRange(29, 31);
    }

    [Fact]
    public void TheTimestampCounter_IsOneForAll()
    {
        using var log = new StringWriter();
        NodeSessionOptions options = Ideal(
            [Core(Ratio.One, Ratio.One), Core(s_half, Ratio.One)]) with
        { EventLog = log };
        using var run = new ScriptedRun(Stamped(1_000), [0, 0], options, hasMemory: false);
        run.Run();

        // Each core reads it at a time of its own, floor(T x 2.1 GHz).
        string text = log.ToString();
        text.ShouldContain($"500500 vcpu0 TimestampRead 0x{1_051:x}");
        text.ShouldContain($"1001000 vcpu1 TimestampRead 0x{2_102:x}");
    }

    [Fact]
    public void KernelWork_TakesAsManyCyclesOnEveryCore()
    {
        NodeSessionOptions options = Ideal([Core(Ratio.One, Ratio.One), Core(s_half, Ratio.One)]) with
        {
            KernelCosts = KernelCosts.Typical,
        };
        using var run = new ScriptedRun(Calling(), [0, 0], options, hasMemory: false);
        run.Run();
        VirtualTime Last(int thread) => run.Kernel.Acts.Last(a => a.What == "call4" && a.Thread == thread).At;
        Last(1).Picoseconds.ShouldBe(2 * Last(0).Picoseconds);
    }

    [Fact]
    public void CoresThatAreAlike_AreWhatANodeWithoutKindsHas()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            NodeSessionOptions plain = ScriptedRun.Defaults(3);
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            using var one = new ScriptedRun(program, entries, plain, quantumNanoseconds: 5_000);
            using var other = new ScriptedRun(
                program,
                entries,
                plain with { Cores = [plain.CoreOf(0), plain.CoreOf(1), plain.CoreOf(2)] },
                quantumNanoseconds: 5_000);
            other.Fingerprint(other.Run()).ShouldBe(one.Fingerprint(one.Run()), $"seed {seed}");
        }
    }

    /// <summary>The second core, alone with its work, has what a core of a node of its own kind has: with memory,
    /// in order and out of order, at its own clock and CPI.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ACoreThatWorksAlone_IsThatOfANodeOfItsKind(bool isOutOfOrder)
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 1);
            ulong exit = (ulong)program.Length;
            program = [.. program.Select(StayingHere), new(ScriptOp.SystemCall, ScriptedKernel.ExitThread)];
            CoreOptions small = Core(s_half, new Ratio(5, 4)) with
            {
                StoreBufferEntries = 2,
                OutOfOrder = isOutOfOrder ? Window(40) : null,
            };
            NodeSessionOptions unequal = Ideal([Core(Ratio.One, Ratio.One), small]);
            NodeSessionOptions alike = Ideal([]) with
            {
                Frequency = small.ClockOf(unequal.Frequency),
                CyclesPerInstruction = small.CyclesPerInstruction,
                StoreBufferEntries = small.StoreBufferEntries,
                OutOfOrder = small.OutOfOrder,
            };
            string[] prints = [.. new[] { unequal, alike }.Select(options =>
            {
                using var run = new ScriptedRun(program, [exit, entries[0]], options);
                NodeResult result = run.Run();
                return $"{result.Time} {run.Session.Times(new VcpuId(1))}\n"
                    + string.Join('\n', run.Kernel.Acts.Where(a => a.Thread == 1).Select(a => $"{a.At} {a.What}"));
            })];
            prints[0].ShouldBe(prints[1], $"seed {seed}");
        }
    }

    [Fact]
    public void SpinsOfUnequalCores_AreSkippedWithoutChange()
    {
        // The first waits for a flag that the second sets after a sleep and a loop.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.JumpIfZero, 0),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 400_000),
            new(ScriptOp.SetCounter, 20_000),
            new(ScriptOp.Loop, 5),
            new(ScriptOp.Set, 1),
            new(ScriptOp.Store, 0x1000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        Ratio[] speeds = [s_half, new Ratio(3, 7), Ratio.One];
        for (int i = 0; i < speeds.Length; i++)
        {
            CoreOptions[] cores = [Core(speeds[^(i + 1)], Ratio.One), Core(speeds[i], new Ratio(3, 4))];
            string[] prints = [.. new[] { true, false }.Select(skips =>
            {
                NodeSessionOptions options = Ideal(cores) with { FastForwardSpins = skips };
                using var run = new ScriptedRun(program, [0, 3], options);
                string print = run.Fingerprint(run.Run());
                (run.Statistic("vcpu0.spin") > 0).ShouldBe(skips);
                return print;
            })];
            prints[0].ShouldBe(prints[1], $"speeds {cores[0].Speed} and {cores[1].Speed}");
        }
    }

    [Fact]
    public void MixedModels_RepeatAndAddUp()
    {
        for (int seed = 1; seed <= 10; seed++)
        {
            NodeSessionOptions options = Ideal(
            [
                Core(Ratio.One, new Ratio(1, 4)) with { OutOfOrder = Window(100) },
                Core(s_half, Ratio.One),
                Core(new Ratio(2, 3), new Ratio(3, 2)),
            ]) with
            { KernelCosts = KernelCosts.Typical };
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            string[] prints = new string[2];
            for (int i = 0; i < 2; i++)
            {
                using var run = new ScriptedRun(program, entries, options, quantumNanoseconds: 5_000);
                prints[i] = run.Fingerprint(run.Run());
                for (int v = 0; v < 3; v++)
                {
                    VcpuTimes t = run.Session.Times(new VcpuId(v));
                    CoreOptions core = options.CoreOf(v);
                    t.UnitsPerCycle.ShouldBe(core.CyclesPerInstruction.Denominator);
                    t.ExecutedUnits.ShouldBe(
                        run.Session.ReadProgress(new VcpuId(v)).Instructions * core.CyclesPerInstruction.Numerator);
                    t.TotalUnits.ShouldBe(t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits);
                    ((UInt128)t.Now.Picoseconds).ShouldBe((UInt128)t.TotalUnits * 1_000_000_000_000
                        / ((UInt128)core.ClockOf(options.Frequency).Hertz * t.UnitsPerCycle));
                }
            }

            prints[1].ShouldBe(prints[0], $"seed {seed}");
        }
    }

    [Fact]
    public void WhatNeedsCoresThatAreAlike_IsRefused()
    {
        NodeSessionOptions options = Ideal([Core(Ratio.One, Ratio.One), Core(s_half, Ratio.One)]);
        foreach (NodeSessionOptions bad in (NodeSessionOptions[])
        [
            options with { VcpuCount = 3 },
            options with { FeedbackIntervals = 1 },
            options with { Cores = [Core(Ratio.One, Ratio.One), Core(new Ratio(3, 2), Ratio.One)] },
            options with { Cores = [Core(Ratio.One, Ratio.One), Core(new Ratio(1, 1_001), Ratio.One)] },
        ])
        {
            Should.Throw<ConfigException>(bad.Validate).Key.ShouldStartWith("cores.kinds");
        }
    }

    /// <summary>A thread that gives up its core may get another one.</summary>
    private static ScriptInstruction StayingHere(ScriptInstruction instruction) =>
        instruction is { Op: ScriptOp.SystemCall, A: ScriptedKernel.Sleep or ScriptedKernel.Yield }
            ? instruction with { A = ScriptedKernel.GetTime }
            : instruction;

    private static VirtualTime ExitOf(ScriptedRun run, int thread) =>
        run.Kernel.Acts.Single(a => a.What == "call0" && a.Thread == thread).At;

    private static CoreOptions Core(Ratio speed, Ratio cpi) => new()
    {
        Speed = speed,
        CyclesPerInstruction = cpi,
        StoreBufferEntries = 3,
    };

    private static OutOfOrderOptions Window(int entries) => new()
    {
        WindowInstructions = entries,
        LoadQueueEntries = 10,
        MissRegisters = 4,
    };

    private static NodeSessionOptions Ideal(CoreOptions[] cores) => ScriptedRun.Defaults(Math.Max(2, cores.Length)) with
    {
        Frequency = new Frequency(2_000_000_000),
        Cores = cores,
        KernelCosts = KernelCosts.Ideal,
        Until = null,
    };

    private static ScriptInstruction[] Counted(ulong rounds) =>
    [
        new(ScriptOp.SetCounter, rounds),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    /// <summary>Reads the counter after 1 + <paramref name="rounds"/> instructions, twice.</summary>
    private static ScriptInstruction[] Stamped(ulong rounds) =>
    [
        new(ScriptOp.SetCounter, rounds - 1),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.Timestamp),
        new(ScriptOp.SetCounter, rounds),
        new(ScriptOp.Loop, 4),
        new(ScriptOp.Timestamp),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    /// <summary>Ten calls that do nothing.</summary>
    private static ScriptInstruction[] Calling() =>
    [
        new(ScriptOp.SetCounter, 10),
        new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];
}
