using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Changes of the time dilation factor while a node runs.</summary>
public sealed class Dilation
{
    private const ulong Second = 1_000_000_000_000;

    private static readonly Ratio s_faster = new(5, 2);

    /// <summary>Law 5 in pieces: the cycles up to the change by the one clock, the others by the
    /// other.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ALoopAcrossAChange_EndsWhenItsCyclesDo(int vcpus)
    {
        const ulong Iterations = 200_000;
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, Iterations),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus) with
        {
            KernelCosts = KernelCosts.Ideal,
            Events = MemoryEventLevel.Off,
            EventLog = new StringWriter(),
        };
        using var run = new ScriptedRun(
            program, [.. Enumerable.Repeat(0UL, vcpus)], options, hasMemory: false);
        run.Session.ScheduleRates(Rates(10_000_001, s_faster, 7_500_000_000))
            .Picoseconds.ShouldBe(20_000_000UL);
        NodeResult result = run.Run();

        // Instructions of 3/4 cycle. 20 us at 3 GHz: 80 000 of them, to the unit.
        ulong instructions = Iterations + 2;
        UInt128 rest = (UInt128)(instructions - 80_000) * 3 * Second / (4 * 7_500_000_000UL);
        result.Time.Picoseconds.ShouldBe(20_000_000 + (ulong)rest);
        result.Changes.ShouldBe([new RateChange(new VirtualTime(20_000_000), s_faster)]);
        options.EventLog!.ToString()!.ShouldContain("20000000 node RatesChanged");
        run.Statistic("dilation.changes").ShouldBe((UInt128)1);
        run.Statistic("dilation.segment0.time").ShouldBe((UInt128)20_000_000);
        run.Statistic("dilation.segment1.time").ShouldBe(rest);
        run.Statistic("dilation.segment0.vcpu0.cycles").ShouldBe((UInt128)(80_000 * 3));
        run.Statistic("dilation.segment1.vcpu0.cycles")
            .ShouldBe((UInt128)((instructions - 80_000) * 3));
    }

    /// <summary>What is under way at the change is done at the old rates.</summary>
    [Fact]
    public void KernelWorkInProgress_EndsAtTheOldRates()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            KernelCosts = Trivial(30_000),
        };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        run.Session.ScheduleRates(Rates(1, s_faster, 7_500_000_000) with
        {
            KernelCosts = Trivial(12_000),
        });
        run.Run();

        // The first call lasts from 250 ps on for 30 us, over the change at 10 us; an instruction is
        // then 100 ps.
        run.Kernel.Acts.Where(a => a.What == "call4").Select(a => a.At.Picoseconds)
            .ShouldBe([250UL, 30_000_350]);
        run.Kernel.Acts.Single(a => a.What == "call0").At.Picoseconds
            .ShouldBe(30_000_350UL + 12_000_000 + 100);
    }

    [Fact]
    public void AnIdleVcpu_WakesOnTheNewClocksEdge()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 50_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            KernelCosts = KernelCosts.Ideal,
        };
        using var run = new ScriptedRun(program, [0], options, hasMemory: false);
        run.Session.ScheduleRates(Rates(10_000_000, new Ratio(1, 3), 1_000_000_000));
        run.Run();

        // It sleeps from 250 ps on, to 50 000.25 ns; the edges of 1 ns are counted from 10 us.
        run.Kernel.Acts.Single(a => a is { What: "dispatch", At.Picoseconds: > 0 })
            .At.Picoseconds.ShouldBe(50_001_000UL);
        run.Statistic("vcpu0.numCycles").ShouldBe(
            run.Statistic("dilation.segment0.vcpu0.cycles")
            + run.Statistic("dilation.segment1.vcpu0.cycles"));
        run.Statistic("dilation.segment0.vcpu0.cycles").ShouldBe((UInt128)(30_000 * 4));
    }

    [Fact]
    public void AtNoTimeOfAnyNode_TimeGoesBackOrIsLost_AndTheSameComesOutAgain() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            (string first, ScriptedRun run) = Random(seed);
            using (run)
            {
                for (int i = 0; i < run.Options.VcpuCount; i++)
                {
                    VcpuTimes t = run.Session.Times(new VcpuId(i));
                    t.TotalUnits.ShouldBe(
                        t.ExecutedUnits + t.StallUnits + t.KernelUnits + t.WaitingUnits);
                }

                run.Kernel.Acts.Select(a => a.At).ShouldBeInOrder();
                run.Statistic("dilation.changes").ShouldBeGreaterThan(UInt128.Zero, $"seed {seed}");
            }

            (string second, ScriptedRun again) = Random(seed);
            again.Dispose();
            second.ShouldBe(first);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void Rates_AreNotChangedBeforeWhatANodeHasDone()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 100_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        run.Session.RunUntil(new VirtualTime(14_000_000)).ShouldBeNull();
        run.Session.ScheduleRates(Rates(0, s_faster, 7_500_000_000))
            .Picoseconds.ShouldBe(20_000_000UL);
        run.Session.RunUntil(VirtualTime.MaxValue)!.Changes.Single().Time.Picoseconds
            .ShouldBe(20_000_000UL);
    }

    private static (string Fingerprint, ScriptedRun Run) Random(int seed)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
        FakeMemory memory = new();
        ScriptedRun run = new(
            program,
            entries,
            ScriptedRun.Defaults(1 + (seed % 4)),
            quantumNanoseconds: 4_000,
            memory: memory);
        Random random = new(seed);
        for (ulong i = 0; i < 6; i++)
        {
            Ratio factor = new((ulong)random.Next(1, 40), 10);
            VirtualDuration latency = VirtualDuration.FromPicoseconds(
                factor.ScaleUp((ulong)random.Next(5_000, 60_000)));
            run.Session.ScheduleRates(Rates(i * 13_000_000, factor, 3_000_000_000) with
            {
                Frequency = new Frequency(factor.ScaleDown(3_000_000_000)),
                ChangeMemory = () => memory.MinLatency = latency,
            });
        }

        NodeResult result = run.Run();
        return (run.Fingerprint(result), run);
    }

    private static NodeRates Rates(ulong fromPs, Ratio factor, ulong hertz) => new()
    {
        From = new VirtualTime(fromPs),
        Factor = factor,
        Frequency = new Frequency(hertz),
        KernelCosts = KernelCosts.Ideal,
        WorstStallPerCycle = 300,
        ChangeMemory = () => { },
    };

    private static KernelCosts Trivial(ulong nanoseconds) => new(
        new Dictionary<KernelCostClass, VirtualDuration>
        {
            [KernelCostClass.Trivial] = VirtualDuration.FromNanoseconds(nanoseconds),
        },
        0);
}
