using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>Law 2 over pages: a chase that touches one line of each page shows the reach of each TLB
/// to the page, and what lies behind it to the cycle. All lines, and the page table's, stay in L1D.
/// </summary>
public sealed class Law2TlbTests
{
    private const ulong HitCycles = 4;
    private const ulong SecondCycles = 7;
    private const int FirstReach = 16;
    private const int SecondReach = 64;

    [Theory]
    [InlineData(FirstReach / 2, 0UL)]
    [InlineData(FirstReach, 0UL)]
    [InlineData(FirstReach + 1, SecondCycles)]
    [InlineData(SecondReach, SecondCycles)]
    [InlineData(SecondReach + 1, SecondCycles + HitCycles)]
    [InlineData(2 * SecondReach, SecondCycles + HitCycles)]
    public void AChaseOverPages_ShowsEachReach(int pages, ulong more) =>
        Chase(Options(walkCache: 4), pages).ShouldBe((HitCycles + more, HitCycles + more));

    [Fact]
    public void WithoutAWalkCache_AWalkReadsAllFourLevels() =>
        Chase(Options(walkCache: 0), SecondReach + 1)
            .ShouldBe((HitCycles + SecondCycles + (4 * HitCycles), HitCycles + SecondCycles + (4 * HitCycles)));

    [Fact]
    public void WithoutASecondLevel_TheFirstReachIsTheLast()
    {
        TranslationOptions options = Options(walkCache: 4) with { Second = null };
        Chase(options, FirstReach).ShouldBe((HitCycles, HitCycles));
        Chase(options, FirstReach + 1).ShouldBe((2 * HitCycles, 2 * HitCycles));
    }

    [Fact]
    public void TheFirstAccessToAPage_WalksThroughMemory_OneReadAfterTheOther()
    {
        CacheHierarchy caches = Machine(Options(walkCache: 0));
        MissBuffer misses = new();
        Access(caches, misses, 5);

        // Four levels of the table, each in a line of its own, then the line itself: 46 cycles to the cut.
        misses.Misses.ToArray().Select(m => (m.Cycles, m.Kind, m.BehindCut)).ShouldBe([
            ((uint)SecondCycles + 46U, MemoryEventKind.Fetch, true),
            (46, MemoryEventKind.Fetch, true),
            (46, MemoryEventKind.Fetch, true),
            (46, MemoryEventKind.Fetch, true),
            (46, MemoryEventKind.Load, true)]);
    }

    /// <summary>Least and most cycles of an access once every page has been seen twice.</summary>
    private static (ulong Least, ulong Most) Chase(TranslationOptions options, int pages)
    {
        CacheHierarchy caches = Machine(options);
        MissBuffer misses = new();
        (ulong least, ulong most) = (ulong.MaxValue, 0);
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < pages; i++)
            {
                ulong cycles = Access(caches, misses, i);
                if (round == 3)
                {
                    (least, most) = (Math.Min(least, cycles), Math.Max(most, cycles));
                }
            }
        }

        return (least, most);
    }

    /// <summary>One line of the page, another set of L1D for each.</summary>
    private static ulong Access(CacheHierarchy caches, MissBuffer misses, int page)
    {
        misses.Clear();
        caches.Access(
            new MemoryEventBlock
            {
                Vcpu = new VcpuId(0),
                Addresses = [((ulong)page * GuestPage.SizeBytes) + ((ulong)page % 64 * 64)],
                Sizes = [8],
                Kinds = [MemoryEventKind.Load],
                Offsets = [0],
                Suppressed = default,
            },
            misses);
        ulong cycles = 0;
        bool isHit = true;
        foreach (ref readonly CacheMiss miss in misses.Misses)
        {
            cycles += miss.Cycles;
            isHit &= miss.Kind == MemoryEventKind.Fetch;
        }

        return cycles + (isHit ? caches.LoadHitCycles : 0);
    }

    private static CacheHierarchy Machine(TranslationOptions options) => new(
        "memory",
        MemoryPresets.Server.Caches with { Translation = options },
        [new Frequency(3_000_000_000)]);

    private static TranslationOptions Options(int walkCache) => new()
    {
        Instructions = new TlbOptions { Entries = 16, Ways = 16 },
        Data = new TlbOptions { Entries = FirstReach, Ways = FirstReach },
        Second = new TlbOptions { Entries = SecondReach, Ways = SecondReach },
        SecondCycles = (uint)SecondCycles,
        WalkCacheEntries = walkCache,
    };
}
