using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Hardware prefetchers before a DRAM of one channel: what they save, and what they can't.
/// </summary>
public sealed class Prefetches
{
    private const int Lines = 1024;
    private const ulong OccupancyNanoseconds = 20;
    private const ulong LatencyNanoseconds = 100;

    /// <summary>A clock of 1 GHz and one cycle an instruction.</summary>
    private const ulong HitCycles = 4;

    [Fact]
    public void WithoutOne_EachLineOfAStreamTakesTheWholeLatency()
    {
        (ulong cycles, _, _) = Stream(null);
        cycles.ShouldBe(Lines * (HitCycles + LatencyNanoseconds));
    }

    [Theory]
    [InlineData(PrefetcherKind.NextLine, 1, 1)]
    [InlineData(PrefetcherKind.NextLine, 4, 1)]
    [InlineData(PrefetcherKind.Stride, 2, 4)]
    [InlineData(PrefetcherKind.Stream, 2, 16)]
    [InlineData(PrefetcherKind.Stream, 16, 63)]
    public void AStream_IsFaster_ButNeverFasterThanMemory(PrefetcherKind kind, int degree, int distance)
    {
        (ulong cycles, UInt128 late, UInt128 reads) = Stream(new PrefetcherOptions
        {
            Kind = kind,
            Degree = degree,
            Distance = distance,
        });
        reads.ShouldBeGreaterThanOrEqualTo((UInt128)Lines);
        cycles.ShouldBeGreaterThanOrEqualTo(
            ((ulong)reads - (ulong)distance - (ulong)degree) * OccupancyNanoseconds);
        cycles.ShouldBeLessThan(Lines * (HitCycles + LatencyNanoseconds) * 6 / 10);
        late.ShouldBeGreaterThan((UInt128)(Lines / 4));
    }

    [Fact]
    public void AFirstUse_WaitsForWhatIsLeftOfThePrefetch_ToTheCycle()
    {
        // Load of line 0 at 0: at the cut at 4, answered at 104. Prefetch of line 1: at the cut at 5, behind the
        // load until 24, answered at 124. The second load begins when the first is over, at 104, and is over at 124.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000_0000),
            new(ScriptOp.Load, 0x1000_0040),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        PrefetcherOptions next = new() { Kind = PrefetcherKind.NextLine, Degree = 1, Distance = 1 };
        (VcpuTimes times, UInt128 late, UInt128 lateCycles, _) = Run(program, next);
        times.TotalUnits.ShouldBe(124UL + 1);
        late.ShouldBe((UInt128)1);
        lateCycles.ShouldBe((UInt128)(20 - HitCycles));
    }

    [Fact]
    public void ALineThatIsThere_TakesAHit()
    {
        List<ScriptInstruction> program = [new(ScriptOp.Load, 0x1000_0000)];
        for (int i = 0; i < 200; i++)
        {
            program.Add(new(ScriptOp.Load, 0x1000_0000));
        }

        program.Add(new(ScriptOp.Load, 0x1000_0040));
        program.Add(new(ScriptOp.SystemCall, ScriptedKernel.ExitThread));
        PrefetcherOptions next = new() { Kind = PrefetcherKind.NextLine, Degree = 1, Distance = 1 };
        (VcpuTimes times, UInt128 late, _, _) = Run([.. program], next);
        times.TotalUnits.ShouldBe(104 + (201 * HitCycles) + 1);
        late.ShouldBe((UInt128)0);
    }

    private static (ulong Cycles, UInt128 Late, UInt128 Reads) Stream(PrefetcherOptions? prefetcher)
    {
        List<ScriptInstruction> program = [];
        for (ulong i = 0; i < Lines; i++)
        {
            program.Add(new(ScriptOp.Load, 0x1000_0000 + (i * 64)));
        }

        program.Add(new(ScriptOp.SystemCall, ScriptedKernel.ExitThread));
        (VcpuTimes times, UInt128 late, _, UInt128 reads) = Run([.. program], prefetcher);
        return (times.TotalUnits - 1, late, reads);
    }

    private static (VcpuTimes Times, UInt128 Late, UInt128 LateCycles, UInt128 Reads) Run(
        ScriptInstruction[] program, PrefetcherOptions? prefetcher)
    {
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            Frequency = new Frequency(1_000_000_000),
            CyclesPerInstruction = Ratio.One,
            KernelCosts = Dilaton.Time.KernelCosts.Ideal,
        };
        using var session = new NodeSession(options);
        using var engine = new ScriptedEngine(program, 1, session, 64);
        var kernel = new ScriptedKernel(
            session, session.Events, session, session, 1, [0], VirtualDuration.Zero);
        var caches = new CacheHierarchy("memory.caches", Caches(prefetcher), [options.Frequency]);
        var dram = new FlatDram("memory.dram", MemoryPresets.Server.Dram with
        {
            Latency = VirtualDuration.FromNanoseconds(LatencyNanoseconds),
            BandwidthBitsPerSecond = 64 * 8 * 1_000_000_000UL / OccupancyNanoseconds,
        });
        session.Attach(engine, kernel, kernel, caches, dram, null, null);
        session.Run();
        var list = new StatisticsList();
        session.Collect(list);
        dram.Collect(list);
        UInt128 Get(string name) => list.Items
            .Where(s => s.Name == name).Aggregate(UInt128.Zero, (sum, s) => sum + s.Value);
        return (
            session.Times(new VcpuId(0)),
            Get("vcpu0.prefetch.late"),
            Get("vcpu0.prefetch.lateCycles"),
            Get("reads"));
    }

    private static HierarchyOptions Caches(PrefetcherOptions? prefetcher) =>
        MemoryPresets.Server.Caches with
        {
            L1I = null,
            L1D = MemoryPresets.Server.Caches.L1D with { Prefetcher = prefetcher },
            L2 = null,
            L3 = null,
        };
}
