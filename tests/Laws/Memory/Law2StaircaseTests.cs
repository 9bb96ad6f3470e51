using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>Law 2 on the model itself: a pointer chase shows the configured latencies to the cycle
/// and the configured sizes to the line.</summary>
public sealed class Law2StaircaseTests
{
    private const ulong LineSizeBytes = 64;
    private static readonly Frequency s_clock = new(3_000_000_000);

    public static TheoryData<string> PresetNames => [.. MemoryPresets.All.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Chase_ShowsEachLevelsLatency_UpToItsSizeAndNoFurther(string name)
    {
        MemoryPreset preset = MemoryPresets.All.Single(p => p.Name == name);
        (ulong Size, ulong Cycles)[] levels = [.. Levels(preset)];
        for (int i = 0; i + 1 < levels.Length; i++)
        {
            ulong lines = levels[i].Size / LineSizeBytes;
            Chase(preset, lines / 2).ShouldBe((levels[i].Cycles, levels[i].Cycles));
            Chase(preset, lines).ShouldBe((levels[i].Cycles, levels[i].Cycles));

            // One line more: its set no longer fits, all others still do.
            Chase(preset, lines + 1).ShouldBe((levels[i].Cycles, levels[i + 1].Cycles));

            // Twice as many: true LRU keeps none of them.
            ulong twice = i + 2 < levels.Length && lines * 2 > levels[i + 1].Size / LineSizeBytes
                ? levels[i + 2].Cycles
                : levels[i + 1].Cycles;
            Chase(preset, lines * 2).ShouldBe((twice, twice));
        }
    }

    private static IEnumerable<(ulong Size, ulong Cycles)> Levels(MemoryPreset preset)
    {
        HierarchyOptions caches = preset.Caches;
        CacheOptions?[] levels = [caches.L1D, caches.L2, caches.L3];
        ulong last = 0;
        foreach (CacheOptions level in levels.OfType<CacheOptions>())
        {
            last = level.Latency.ToCycles(s_clock);
            yield return (level.SizeBytes, last);
        }

        yield return (ulong.MaxValue, last + s_clock.CyclesCovering(preset.Dram.Latency));
    }

    /// <summary>Least and most cycles of an access once every line has been seen twice.</summary>
    private static (ulong Least, ulong Most) Chase(MemoryPreset preset, ulong lines)
    {
        CacheHierarchy caches = new("memory", preset.Caches, [s_clock]);
        FlatDram dram = new("dram", preset.Dram);
        MissBuffer misses = new();
        VirtualTime now = VirtualTime.Zero;
        ulong least = ulong.MaxValue;
        ulong most = 0;
        for (int round = 0; round < 3; round++)
        {
            ulong at = 0;
            for (ulong i = 0; i < lines; i++)
            {
                ulong cycles = Load(caches, dram, misses, at * LineSizeBytes, ref now);
                if (round == 2)
                {
                    least = Math.Min(least, cycles);
                    most = Math.Max(most, cycles);
                }

                at = Next(at, lines);
            }
        }

        return (least, most);
    }

    /// <summary>A cycle through all lines that is not in address order.</summary>
    private static ulong Next(ulong at, ulong lines)
    {
        ulong step = (lines / 2) | 1;
        while (Gcd(step, lines) != 1)
        {
            step += 2;
        }

        return (at + step) % lines;
    }

    private static ulong Gcd(ulong a, ulong b) => b == 0 ? a : Gcd(b, a % b);

    private static ulong Load(
        CacheHierarchy caches, FlatDram dram, MissBuffer misses, ulong address, ref VirtualTime now)
    {
        misses.Clear();
        caches.Access(
            new MemoryEventBlock
            {
                Vcpu = new VcpuId(0),
                Addresses = [address],
                Sizes = [8],
                Kinds = [MemoryEventKind.Load],
                Offsets = [0],
                Suppressed = default,
            },
            misses);
        ulong cycles = caches.LoadHitCycles;
        if (misses.Misses.Length > 0)
        {
            CacheMiss miss = misses.Misses[0];
            cycles = miss.Cycles;
            if (miss.BehindCut)
            {
                VirtualDuration[] latency = new VirtualDuration[1];
                MemoryRequest request = new(
                    now + s_clock.ToDuration(cycles), new VcpuId(0), 0, miss.Line, miss.Kind);
                dram.Weave([request], latency);
                cycles += s_clock.CyclesCovering(latency[0]);
            }
        }

        now += s_clock.ToDuration(cycles);
        return cycles;
    }
}
