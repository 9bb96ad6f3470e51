using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Level sampled with an engine that counts instructions: docs/time.md, 14.</summary>
public sealed class Sampling
{
    private static readonly MemoryEventLevel[] s_between =
        [MemoryEventLevel.Off, MemoryEventLevel.Filtered, MemoryEventLevel.Full];

    /// <summary>With all instructions measured the run is the one of level full, to the picosecond.</summary>
    [Fact]
    public void WindowsOfEverything_GiveTheWholeRun()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 3);
            using var full = new ScriptedRun(program, entries, quantumNanoseconds: 3_000);
            using var sampled = new ScriptedRun(
                program, entries, Sampled(1, 100, 100, 0, MemoryEventLevel.Filtered), quantumNanoseconds: 3_000);
            sampled.Fingerprint(sampled.Run()).ShouldBe(full.Fingerprint(full.Run()), $"seed {seed}");
            sampled.Statistic("vcpu0.cycles.stall.estimated").ShouldBe(UInt128.Zero);
        }
    }

    [Fact]
    public void VirtualTimeIsTheSumOfItsParts_AndStallOfItsCauses()
    {
        int withEstimates = 0;
        for (int seed = 1; seed <= 40; seed++)
        {
            int vcpus = 1 + (seed % 3);
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
            NodeSessionOptions options = Sampled(vcpus, 500, 50, 60, s_between[seed % 3]);
            options = options with
            {
                Sampling = options.Sampling! with { OpeningInstructions = seed % 2 == 0 ? 0UL : 170 },
            };
            using var run = new ScriptedRun(program, entries, options, quantumNanoseconds: 3_000);
            run.Run().End.ShouldBe(NodeEnd.GuestExited);
            UInt128 estimated = 0;
            for (int i = 0; i < vcpus; i++)
            {
                VcpuTimes t = run.Session.Times(new VcpuId(i));
                t.TotalUnits.ShouldBe(
                    t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits, $"seed {seed}");
                t.ExecutedUnits.ShouldBe(
                    run.Session.ReadProgress(new VcpuId(i)).Instructions * 3, $"seed {seed}");
                string[] causes =
                    ["l1", "fetch", "l2", "l3", "memory", "storeBuffer", "window", "estimated"];
                causes.Aggregate(
                    UInt128.Zero, (s, cause) => s + run.Statistic($"vcpu{i}.cycles.stall.{cause}"))
                    .ShouldBe(run.Statistic($"vcpu{i}.cycles.stall"), $"seed {seed}");
                estimated += run.Statistic($"vcpu{i}.cycles.stall.estimated");
            }

            withEstimates += estimated > 0 ? 1 : 0;
            (run.Statistic("sampled.instructions") + run.Statistic("sampled.opening") + run.Statistic("sampled.warmup")
                + run.Statistic("sampled.fastForward")).ShouldBe(run.Statistic("simInsts"), $"seed {seed}");
        }

        // Some are over before their first window.
        withEstimates.ShouldBeGreaterThan(30);
    }

    /// <summary>One vCPU: neither slices, nor weave intervals, nor blocks, nor skipped spins show.</summary>
    [Fact]
    public void ResultIsTheSameForAnySliceAndWeave()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            NodeSessionOptions sampled = Sampled(1, 400, 40, 80, s_between[seed % 3]);
            string first = Run(seed, sampled, 64);
            var random = new Random(seed);
            for (int i = 0; i < 4; i++)
            {
                NodeSessionOptions options = sampled with
                {
                    SliceCycles = (ulong)random.Next(1, 3_000),
                    WeaveInterval = VirtualDuration.FromNanoseconds((ulong)random.Next(1, 30_000)),
                    FastForwardSpins = i != 1,
                };
                Run(seed, options, random.Next(1, 100)).ShouldBe(first, $"seed {seed}, {options}");
            }
        }
    }

    [Fact]
    public void TheSameSeedGivesTheSameRun_AndAnotherSeedOtherWindows()
    {
        NodeSessionOptions options = Sampled(2, 400, 40, 80, MemoryEventLevel.Filtered);
        Run(5, options, 64).ShouldBe(Run(5, options, 64));
        Run(5, options with { Sampling = options.Sampling! with { Seed = 2 } }, 64)
            .ShouldNotBe(Run(5, options, 64));
    }

    /// <summary>A loop whose every round is the same: any window has its stall to an instruction or two, and so
    /// the whole run.</summary>
    [Theory]
    [InlineData(MemoryEventLevel.Off, 1)]
    [InlineData(MemoryEventLevel.Filtered, 1)]
    [InlineData(MemoryEventLevel.Full, 1)]
    [InlineData(MemoryEventLevel.Filtered, 2)]
    public void ASteadyLoop_TakesWhatItTakesInFull(MemoryEventLevel between, int vcpus)
    {
        ScriptInstruction[] program = Steady(rounds: 30_000);
        ulong[] entries = [.. Enumerable.Repeat(0UL, vcpus)];
        var memory = new FakeMemory { IsFlat = true, BusyPicoseconds = 0 };
        using var full = new ScriptedRun(program, entries, ScriptedRun.Defaults(vcpus), memory: memory);
        ulong truth = full.Run().Time.Picoseconds;
        using var run = new ScriptedRun(program, entries, Sampled(vcpus, 10_000, 500, 500, between),
            memory: new FakeMemory { IsFlat = true, BusyPicoseconds = 0 });
        ulong estimate = run.Run().Time.Picoseconds;
        ((double)estimate / truth).ShouldBeInRange(0.97, 1.03);
        run.Statistic("sampled.windows").ShouldBeGreaterThan((UInt128)10);
        double low = Value(run, "sampled.vcpu0.cycles.low");
        double high = Value(run, "sampled.vcpu0.cycles.high");
        double mean = Value(run, "sampled.vcpu0.cycles.mean");
        mean.ShouldBeInRange(low - 1, high + 1);
        (mean / ((double)full.Statistic("vcpu0.numCycles") / 4)).ShouldBeInRange(0.97, 1.03);
    }

    /// <summary>The interval of V holds the truth as often as it says: of 60 lots, ones that hold it with a
    /// probability of 0.95 hold it less than 52 times once in 300.</summary>
    [Fact]
    public void TheIntervalHoldsTheTruth()
    {
        (ScriptInstruction[] program, ulong[] entries) = Mixed();
        using var full = new ScriptedRun(program, entries);
        full.Run().End.ShouldBe(NodeEnd.GuestExited);
        double truth = (double)full.Statistic("vcpu0.numCycles") / 4;
        int held = 0;
        const int Seeds = 60;
        for (ulong seed = 1; seed <= Seeds; seed++)
        {
            NodeSessionOptions options = Sampled(1, 2_000, 40, 80, MemoryEventLevel.Filtered);
            using var run = new ScriptedRun(
                program, entries, options with { Sampling = options.Sampling! with { Seed = seed } });
            run.Run();
            held += Value(run, "sampled.vcpu0.cycles.low") <= truth
                && truth <= Value(run, "sampled.vcpu0.cycles.high") ? 1 : 0;
        }

        held.ShouldBeGreaterThanOrEqualTo(52);
    }

    /// <summary>Marks alone let windows be; outside of them nothing is seen and nothing stalls.</summary>
    [Fact]
    public void RegionMarks_SwitchWindows()
    {
        ScriptInstruction[] loop = Steady(rounds: 500);
        ulong behind = (ulong)loop.Length;
        ScriptInstruction[] program =
        [
            .. loop[..^1],
            new(ScriptOp.Mark, 0x5a, 3),
            .. loop[..^1].Select(i => i.Op == ScriptOp.Loop ? i with { A = i.A + behind } : i),
            new(ScriptOp.Mark, 0x5b, 3),
            loop[^1],
        ];
        NodeSessionOptions options = Sampled(1, 200, 20, 20, MemoryEventLevel.Filtered) with
        {
            RegionEvents = MemoryEventLevel.Sampled,
        };
        using var marked = new ScriptedRun(program, [0], options);
        marked.Run().End.ShouldBe(NodeEnd.GuestExited);
        UInt128 counted = marked.Statistic("sampled.instructions") + marked.Statistic("sampled.warmup")
            + marked.Statistic("sampled.fastForward");

        // The region, and the mark that ends it.
        counted.ShouldBe((UInt128)loop.Length - 1 + (499 * ((UInt128)loop.Length - 2)) + 1);
        using var all = new ScriptedRun(program, [0], options with { RegionEvents = null });
        all.Run();
        double ratio = (double)marked.Statistic("vcpu0.cycles.stall")
            / (double)all.Statistic("vcpu0.cycles.stall");
        ratio.ShouldBeInRange(0.45, 0.55);
    }

    /// <summary>Statistics that are set to zero change no time.</summary>
    [Fact]
    public void AReset_ShowsInFiguresAlone()
    {
        ScriptInstruction[] With(ulong mark) =>
        [
            new(ScriptOp.SetCounter, 400),
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Load, 0x9_1000),
            new(ScriptOp.Load, 0x12_1000),
            new(ScriptOp.Mark, mark),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = Sampled(1, 100, 20, 20, MemoryEventLevel.Off);
        using var reset = new ScriptedRun(With(0x40), [0], options);
        using var plain = new ScriptedRun(With(0x41), [0], options);
        ulong time = reset.Run().Time.Picoseconds;
        time.ShouldBe(plain.Run().Time.Picoseconds);
        reset.Statistic("sampled.windows").ShouldBeLessThan(plain.Statistic("sampled.windows"));
    }

    [Fact]
    public void WhatSamplingNeeds_IsAskedFor()
    {
        NodeSessionOptions options = Sampled(1, 100, 20, 20, MemoryEventLevel.Off);
        Should.Throw<ConfigException>(() => new ScriptedRun([], [], options, hasMemory: false))
            .Message.ShouldContain("needs caches");
        Should.Throw<ConfigException>(() => new ScriptedRun(
            [], [], options, peer: new ScriptedPeer(options, new FakeMemory(), false)))
            .Message.ShouldContain("in process");
        Should.Throw<ConfigException>(() => new NodeSession(Sampled(1, 101, 20, 20, MemoryEventLevel.Off)))
            .Message.ShouldContain("multiple of the window's 20");
        Should.Throw<ConfigException>(() => new NodeSession(options with { Events = MemoryEventLevel.Full }))
            .Message.ShouldContain("sampled decides");
    }

    private static NodeSessionOptions Sampled(
        int vcpus, ulong period, ulong window, ulong warmup, MemoryEventLevel between) =>
        ScriptedRun.Defaults(vcpus) with
        {
            Events = MemoryEventLevel.Off,
            Sampling = new SamplingOptions
            {
                OpeningInstructions = 0,
                PeriodInstructions = period,
                WindowInstructions = window,
                WarmupInstructions = warmup,
                Seed = 1,
                FastForward = between,
                Quantile = degrees => degrees > 30 ? 2.0 : degrees > 10 ? 2.2 : 12.7,
            },
        };

    /// <summary>Rounds of 16 instructions, four of them misses of four lines that share a set.</summary>
    private static ScriptInstruction[] Steady(ulong rounds) =>
    [
        new(ScriptOp.SetCounter, rounds),
        .. Enumerable.Range(0, 15).Select(i => i % 4 == 1
            ? new ScriptInstruction(ScriptOp.Load, 0x1_0000 + ((ulong)(i / 4) * 0x1000))
            : new ScriptInstruction(ScriptOp.Compute)),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    /// <summary>Loops of different make, one after the other.</summary>
    private static (ScriptInstruction[] Program, ulong[] Entries) Mixed()
    {
        var random = new Random(3);
        List<ScriptInstruction> program = [];
        for (int p = 0; p < 60; p++)
        {
            program.Add(new ScriptInstruction(ScriptOp.SetCounter, (ulong)random.Next(100, 500)));
            ulong head = (ulong)program.Count;
            int length = random.Next(4, 20);
            for (int i = 0; i < length; i++)
            {
                program.Add(random.Next(4) == 0
                    ? new ScriptInstruction(ScriptOp.Load,
                        ((ulong)random.Next(0, 12) * 0x1000) + ((ulong)random.Next(0, 8) * 64))
                    : new ScriptInstruction(ScriptOp.Compute));
            }

            program.Add(new ScriptInstruction(ScriptOp.Loop, head));
        }

        program.Add(new ScriptInstruction(ScriptOp.SystemCall, ScriptedKernel.ExitThread));
        return ([.. program], [0]);
    }

    private static double Value(ScriptedRun run, string name)
    {
        var list = new StatisticsList();
        run.Session.Collect(list);
        Statistic item = list.Items.Single(s => s.Name == name);
        item.Divisor.ShouldNotBe(UInt128.Zero, name);
        return (double)item.Value / (double)item.Divisor;
    }

    private static string Run(int seed, NodeSessionOptions options, int recordsPerBlock)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 3);
        using var run = new ScriptedRun(
            program, entries, options, recordsPerBlock, quantumNanoseconds: 3_000);
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.GuestExited);
        return run.Fingerprint(result);
    }
}
