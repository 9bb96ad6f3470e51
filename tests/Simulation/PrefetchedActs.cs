using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Acts right after uses of lines that a prefetcher has on their way: the prefetch may pass the cut
/// after the time at which the use would be over if the line were there, and the act waits for it.</summary>
public sealed class PrefetchedActs
{
    private const ulong Base = 0x1000_0000;
    private const int Lines = 48;

    /// <summary>More slices than any of the runs needs by far.</summary>
    private const ulong SlicesMax = 200_000;

    public static TheoryData<PrefetcherKind, string, int, string, ulong> Machines
    {
        get
        {
            var data = new TheoryData<PrefetcherKind, string, int, string, ulong>();
            foreach (PrefetcherKind kind in Enum.GetValues<PrefetcherKind>())
            {
                foreach (string levels in new[] { "l1d", "l2", "l1d l2" })
                {
                    foreach (int vcpus in new[] { 1, 4 })
                    {
                        data.Add(kind, levels, vcpus, "full", 80_000);
                        data.Add(kind, levels, vcpus, "filtered", 80_000);
                        data.Add(kind, levels, vcpus, "full", 3);
                    }
                }
            }

            return data;
        }
    }

    /// <summary>Every act after a load ends, whatever the prefetcher has on its way, and does not come before
    /// the loads that it follows.</summary>
    [Theory]
    [MemberData(nameof(Machines))]
    public void AnActAfterAnyLoad_IsReached(
        PrefetcherKind kind, string levels, int vcpus, string events, ulong latencyPs)
    {
        foreach (int stride in new[] { 1, 2, 3 })
        {
            foreach (int compute in new[] { 0, 1, 9, 30 })
            {
                NodeResult result = Run(kind, levels, vcpus, events, latencyPs, Program(stride, compute, vcpus),
                    out UInt128 issued, out ulong runs, out ScriptedKernel kernel);
                result.End.ShouldBe(NodeEnd.GuestExited);
                issued.ShouldBeGreaterThan((UInt128)(Lines / 2));
                runs.ShouldBeLessThan(SlicesMax);
                kernel.Acts.Count(act => act.What == "call4").ShouldBe(Lines * vcpus);
            }
        }
    }

    /// <summary>The case to the cycle: the line's prefetch passes the cut when the use would be over.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public void AnAct_ComesWhenThePrefetchedLineIsThere(ulong weaveNanoseconds)
    {
        // Cycles of 1 ns, L1 4, L2 12, L3 46. The first load passes the cut at 46, is answered at 146; next-line
        // of L2 passes at 47, behind it in DRAM's channel until 66, and is answered at 166. The second load
        // begins at 146 and takes to 166; the third begins there, and its prefetch, caused at 146, passes at
        // 146 + 47 = 193 and is answered at 293, long after a hit of L2 would be over, at 178.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, Base),
            new(ScriptOp.Load, Base + 64),
            new(ScriptOp.Load, Base + 128),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        Run(PrefetcherKind.NextLine, "l2", 1, "full", 100_000, program, out _, out _, out ScriptedKernel kernel,
            VirtualDuration.FromNanoseconds(weaveNanoseconds));
        VirtualTime at = kernel.Acts.Single(act => act.What == "call4").At;
        at.ShouldBe(VirtualTime.Zero + VirtualDuration.FromNanoseconds(293 + 1));
    }

    private static ScriptInstruction[] Program(int stride, int compute, int vcpus)
    {
        List<ScriptInstruction> program = [];
        for (int v = 0; v < vcpus; v++)
        {
            for (int i = 0; i < Lines; i++)
            {
                ulong address = Base + ((ulong)v << 20) + (ulong)(i * stride * 64);
                program.Add(new(ScriptOp.Load, address));
                for (int c = 0; c < compute; c++)
                {
                    program.Add(new(ScriptOp.Compute));
                }

                program.Add(new(ScriptOp.SystemCall, ScriptedKernel.GetTime));
            }

            program.Add(new(ScriptOp.SystemCall, ScriptedKernel.ExitThread));
        }

        return [.. program];
    }

    private static NodeResult Run(
        PrefetcherKind kind,
        string levels,
        int vcpus,
        string events,
        ulong latencyPs,
        ScriptInstruction[] program,
        out UInt128 issued,
        out ulong runs,
        out ScriptedKernel kernel,
        VirtualDuration? weave = null)
    {
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            VcpuCount = vcpus,
            Frequency = new Frequency(1_000_000_000),
            CyclesPerInstruction = Ratio.One,
            KernelCosts = Dilaton.Time.KernelCosts.Ideal,
            Events = events == "full" ? MemoryEventLevel.Full : MemoryEventLevel.Filtered,
        };
        if (weave is { } interval)
        {
            options = options with { WeaveInterval = interval };
        }

        using var session = new NodeSession(options);
        using var engine = new ScriptedEngine(program, vcpus, session, 64);
        ulong[] entries = [.. Enumerable.Range(0, vcpus).Select(v => (ulong)(v * program.Length / vcpus))];
        kernel = new ScriptedKernel(
            session, session.Events, session, session, vcpus, entries, VirtualDuration.Zero);
        var caches = new CacheHierarchy("memory.caches", Caches(kind, levels),
            [.. Enumerable.Repeat(options.Frequency, vcpus)]);
        var dram = new FlatDram("memory.dram", MemoryPresets.Server.Dram with
        {
            Latency = VirtualDuration.FromPicoseconds(latencyPs),
            BandwidthBitsPerSecond = 64 * 8 * 50_000_000UL,
        });
        session.Attach(engine, kernel, kernel, caches, dram, null, null);
        NodeResult result = session.Run();
        var list = new StatisticsList();
        caches.Collect(list);
        issued = list.Items.Where(s => s.Name.EndsWith("prefetchesIssued", StringComparison.Ordinal))
            .Aggregate(UInt128.Zero, (sum, s) => sum + s.Value);
        runs = engine.RunCount;
        return result;
    }

    private static HierarchyOptions Caches(PrefetcherKind kind, string levels)
    {
        var prefetcher = new PrefetcherOptions { Kind = kind, Degree = 1, Distance = 1 };
        HierarchyOptions server = MemoryPresets.Server.Caches;
        return server with
        {
            L1I = null,
            L1D = server.L1D with { Prefetcher = levels.Contains("l1d", StringComparison.Ordinal) ? prefetcher : null },
            L2 = server.L2! with { Prefetcher = levels.Contains("l2", StringComparison.Ordinal) ? prefetcher : null },
        };
    }
}
