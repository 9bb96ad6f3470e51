using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>A node of `time.base: wall`: the host's clock leads.</summary>
public sealed class Pace
{
    private const ulong Iterations = 100_000;

    private static readonly ScriptInstruction[] s_loop =
    [
        new(ScriptOp.SetCounter, Iterations),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    /// <summary>Every look at the host's clock finds it 5 us later: work besides the guest's.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(10, 1)]
    [InlineData(1, 2)]
    public void VirtualTimeIsTheHostsOverTheFactor_WhateverPartOfItTheGuestRan(int numerator, int denominator)
    {
        FakePace pace = new() { StepNanoseconds = 5_000 };
        using ScriptedRun run = Run(s_loop, 1, pace, new Ratio((ulong)numerator, (ulong)denominator));
        NodeResult result = run.Run();

        VcpuTimes times = run.Session.Times(new VcpuId(0));
        ulong units = times.TotalUnits;
        units.ShouldBe(pace.Shown);
        result.Time.Picoseconds.ShouldBe(units * 1_000 * (ulong)denominator / (ulong)numerator);
        times.ExecutedUnits.ShouldBe(Iterations + 2);
        times.WaitingUnits.ShouldBe(units - times.ExecutedUnits);
        times.WaitingUnits.ShouldBe(pace.Looks * pace.StepNanoseconds);
    }

    [Fact]
    public void ASleep_IsWaitedForByTheHostsClock()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 70_000_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        FakePace pace = new() { StepNanoseconds = 100 };
        using ScriptedRun run = Run(program, 1, pace, new Ratio(10, 1));
        run.Run();
        VirtualTime woken = run.Kernel.Acts.Last(act => act.What == "dispatch").At;

        // 70 ms at TDF 10 are 700 ms of the host's, in waits that are short enough to be stopped.
        woken.Picoseconds.ShouldBeInRange(70_000_000_000UL, 70_001_000_000UL);
        pace.Waits.Count.ShouldBeGreaterThanOrEqualTo(35);
        pace.Waits[^1].ShouldBeInRange(700_000_000UL, 700_010_000UL);
    }

    /// <summary>Those that run take turns of a slice; each shows the one time.</summary>
    [Fact]
    public void ThreadsThatRun_GetEqualParts_AndActInTheOrderOfTime()
    {
        const int Threads = 3;
        FakePace pace = new() { StepNanoseconds = 300 };
        using ScriptedRun run = Run(s_loop, Threads, pace, Ratio.One);
        run.Engine.Slices = [];
        run.Run();
        run.Kernel.Acts.Select(act => act.At.Picoseconds).ShouldBeInOrder();
        int[] early = [.. run.Engine.Slices.Take(90)];
        for (int i = 0; i < Threads; i++)
        {
            early.Count(vcpu => vcpu == i).ShouldBeInRange(25, 35);
        }

        foreach (int i in Enumerable.Range(0, Threads))
        {
            run.Session.Times(new VcpuId(i)).ExecutedUnits.ShouldBe(Iterations + 2);
        }
    }

    [Fact]
    public void AFactorThatChanges_CountsFromItsInstantOn()
    {
        FakePace pace = new() { StepNanoseconds = 50 };
        using ScriptedRun run = Run(s_loop, 2, pace, Ratio.One);
        run.Session.ScheduleRates(Rates(20, new Ratio(10, 1)));
        run.Session.ScheduleRates(Rates(22, new Ratio(1, 2)));
        NodeResult result = run.Run();
        result.Changes.Select(change => change.Time.Picoseconds)
            .ShouldBe([20_000_000UL, 30_000_000UL]);
        run.Kernel.Acts.Select(act => act.At.Picoseconds).ShouldBeInOrder();

        // 20 us, then 100 us of the host's as 10 us, then twice as long as the host's.
        ulong host = pace.Shown * 1_000;
        ulong law = 20_000_000 + 10_000_000 + ((host - 120_000_000) * 2);
        ulong slices = 4 * NodeSessionOptions.DefaultSliceCycles * 1_000;
        result.Time.Picoseconds.ShouldBeInRange(law - slices, law + slices);
    }

    /// <summary>What is due meanwhile happens at its time, and is seen behind it.</summary>
    [Fact]
    public void ASliceIsNoShorterThanTheLeast_AndNothingFiresLate()
    {
        const int Events = 50;
        using ScriptedRun run = new(
            s_loop,
            [0],
            Options(1, null, Ratio.One) with { SliceLeastUnits = 10_000 },
            hasMemory: false);
        List<ulong> fired = [];
        for (ulong i = 1; i <= Events; i++)
        {
            run.Session.Events.Schedule(
                new VirtualTime(i * 1_000_000), new Recorder(() => fired.Add(run.Session.Now.Picoseconds)));
        }

        run.Engine.Slices = [];
        run.Run();
        fired.ShouldBe(Enumerable.Range(1, Events).Select(i => (ulong)i * 1_000_000));
        run.Engine.Slices.Count.ShouldBeInRange(6, 7);
        run.Statistic("events.overtaken").ShouldBeGreaterThanOrEqualTo((UInt128)(Events - 6));
        run.Statistic("events.overtakenMax").ShouldBeInRange((UInt128)9_000_000, (UInt128)10_000_000);
    }

    [Fact]
    public void AStop_EndsAWaitWithoutItsTimer()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 40_000_000_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        FakePace pace = new() { StepNanoseconds = 100 };
        using ScriptedRun run = Run(program, 1, pace, Ratio.One);
        pace.OnWait = run.Session.RequestStop;
        run.Run().End.ShouldBe(NodeEnd.Stopped);
        pace.Waits.Count.ShouldBe(1);
    }

    private static NodeRates Rates(ulong fromMicroseconds, Ratio factor) => new()
    {
        From = VirtualTime.Zero + VirtualDuration.FromMicroseconds(fromMicroseconds),
        Factor = factor,
        Frequency = new Frequency(factor.ScaleDown(1_000_000_000)),
        KernelCosts = KernelCosts.Ideal,
        WorstStallPerCycle = 0,
        ChangeMemory = () => { },
    };

    private static ScriptedRun Run(ScriptInstruction[] program, int threads, FakePace pace, Ratio factor)
    {
        ScriptedRun run = new(
            program,
            [.. Enumerable.Repeat(0UL, threads)],
            Options(threads, pace, factor),
            hasMemory: false);
        pace.Ran = () => Enumerable.Range(0, threads).Aggregate(
            0UL, (sum, i) => sum + run.Session.Times(new VcpuId(i)).ExecutedUnits);
        return run;
    }

    private static NodeSessionOptions Options(int vcpus, FakePace? pace, Ratio factor) =>
        ScriptedRun.Defaults(vcpus) with
        {
            Frequency = new Frequency(factor.ScaleDown(1_000_000_000)),
            CyclesPerInstruction = Ratio.One,
            KernelCosts = KernelCosts.Ideal,
            Events = MemoryEventLevel.Off,
            FastForwardSpins = false,
            MeasuresRunTime = true,
            WorstStallPerCycle = 0,
            Until = null,
            Pace = pace,
        };

    private sealed class Recorder(Action action) : INodeEvent
    {
        public void Fire() => action();
    }

    /// <summary>Goes on by what guest code has run, by as much at each look, and over waits at once.
    /// </summary>
    private sealed class FakePace : IHostPace
    {
        private ulong _waited;

        public required ulong StepNanoseconds { get; init; }

        public ulong Shown { get; private set; }

        public List<ulong> Waits { get; } = [];

        public ulong Looks { get; private set; }

        public Action? OnWait { get; set; }

        public Func<ulong> Ran { get; set; } = () => 0;

        public ulong Nanoseconds => Shown = _waited + (++Looks * StepNanoseconds) + Ran();

        public void Begin()
        {
        }

        public void WaitUntil(ulong nanoseconds)
        {
            Waits.Add(nanoseconds);
            _waited += nanoseconds > Shown ? nanoseconds - Shown : 0;
            OnWait?.Invoke();
        }

        public void Hold()
        {
        }

        public void Resume()
        {
        }
    }
}
