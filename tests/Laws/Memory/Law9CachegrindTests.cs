using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws.Memory;

/// <summary>Law 9: the same address stream gives the same hits and misses in our model and in
/// cachegrind, each of the nine counts to the last one.</summary>
public sealed class Law9CachegrindTests
{
    [NeedsToolsFact("valgrind", "gcc", "make")]
    public void Law9Preset_CountsWhatCachegrindCounts_ForEveryKindOfAccess() => Compare("law9");

    [NeedsToolsTheory("valgrind", "gcc", "make")]
    [Trait("Tier", "slow")]
    [InlineData("scatter")]
    [InlineData("triad")]
    [InlineData("transpose")]
    [InlineData("footprint")]
    [InlineData("chase-64k")]
    public void Law9Preset_CountsWhatCachegrindCounts_ForFreestandingPrograms(string name) =>
        Compare(name);

    /// <summary>The product from end to end: translator, filter, caches, statistics.</summary>
    [NeedsToolsTheory("valgrind", "gcc", "make", "./dilaton")]
    [InlineData("law9", "full")]
    [InlineData("law9", "filtered")]
    [InlineData("transpose", "filtered")]
    public void Run_CountsWhatCachegrindCounts(string name, string events)
    {
        string program = HostTool.GuestProgram(name);
        HierarchyOptions options = Machines().ElementAt(1);
        string folder = Directory.CreateTempSubdirectory("law9-").FullName;
        try
        {
            string output = Path.Combine(folder, "out");
            HostTool.Run(HostTool.Dilaton,
            [
                "run", "-q", "-o", output, "--events", events,
                "nodes[0].memory.preset=law9",
                Level("l1i", options.L1I!), Level("l1d", options.L1D), Level("l2", options.L2!),
                "--", program,
            ]);
            CachegrindCounts.OfRun(Path.Combine(output, "stats.txt"))
                .ShouldBe(CachegrindCounts.Measure(program, options));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Level(string name, CacheOptions cache) =>
        $"nodes[0].memory.caches.{name}={{size: {Quantity.FormatSize(cache.SizeBytes)}, "
        + $"ways: {cache.Ways}, latency: {cache.Latency}}}";

    private static void Compare(string name)
    {
        string program = HostTool.GuestProgram(name);
        AddressTrace trace = AddressTrace.Record(program);
        foreach (HierarchyOptions options in Machines())
        {
            CacheHierarchy caches = new("memory", options, [new Frequency(1_000_000_000)]);
            trace.Apply(caches);
            CachegrindCounts expected = CachegrindCounts.Measure(program, options);
            CachegrindCounts.Of(caches).ShouldBe(expected, options.ToString());
        }
    }

    private static IEnumerable<HierarchyOptions> Machines()
    {
        HierarchyOptions preset = MemoryPresets.Law9.Caches;
        yield return preset;
        yield return With(preset, 4 << 10, 1, 4 << 10, 2, 32 << 10, 4);
        yield return With(preset, 16 << 10, 4, 2 << 10, 32, 256 << 10, 16);
    }

    private static HierarchyOptions With(
        HierarchyOptions preset,
        ulong fetchBytes,
        int fetchWays,
        ulong dataBytes,
        int dataWays,
        ulong lastBytes,
        int lastWays) => preset with
        {
            L1I = preset.L1I! with { SizeBytes = fetchBytes, Ways = fetchWays },
            L1D = preset.L1D with { SizeBytes = dataBytes, Ways = dataWays },
            L2 = preset.L2! with { SizeBytes = lastBytes, Ways = lastWays },
        };
}
