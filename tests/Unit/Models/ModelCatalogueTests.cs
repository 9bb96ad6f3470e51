using System.Text.RegularExpressions;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed partial class ModelCatalogueTests
{
    public static TheoryData<string> PresetNames => [.. MemoryPresets.All.Select(p => p.Name)];

    [Fact]
    public void Defaults_AreThoseOfTheOptions()
    {
        HierarchyOptions caches = MemoryPresets.Server.Caches;
        ModelDescription model = Model("caches");
        foreach ((string name, CacheOptions cache) in new[]
            { ("l1i", caches.L1I!), ("l1d", caches.L1D), ("l2", caches.L2!), ("l3", caches.L3!) })
        {
            Size(Default(model, $"{name}.size")).ShouldBe(cache.SizeBytes);
            int.Parse(Default(model, $"{name}.ways")).ShouldBe(cache.Ways);
            Default(model, $"{name}.latency").ShouldBe(cache.Latency.ToString());
        }

        Size(Default(model, "line_size")).ShouldBe((ulong)caches.L1D.LineSizeBytes);
        Default(model, "l2.sharing").ShouldBe("private");
        Default(model, "inclusion").ShouldBe("non-inclusive");
        Default(model, "writebacks").ShouldBe("allocate");
        Default(model, "modifies").ShouldBe("load-and-store");

        FlatDramOptions dram = MemoryPresets.Server.Dram;
        ModelDescription memory = Model("flat-dram");
        Quantity.TryParseDuration(Default(memory, "latency"), out VirtualDuration latency, out _)
            .ShouldBeTrue();
        latency.ShouldBe(dram.Latency);
        Quantity.TryParseBandwidth(Default(memory, "bandwidth"), out ulong bits, out _)
            .ShouldBeTrue();
        bits.ShouldBe(dram.BandwidthBitsPerSecond);
        int.Parse(Default(memory, "channels")).ShouldBe(dram.Channels);
    }

    [Fact]
    public void EveryModelAndParameter_SaysWhatItIsAndWhereItComesFrom()
    {
        ModelCatalogue.All.Select(m => m.Name).ShouldBeUnique();
        foreach (ModelDescription model in ModelCatalogue.All)
        {
            model.Summary.ShouldNotBeEmpty();
            model.Source.ShouldNotBeEmpty();
            model.Limits.ShouldNotBeEmpty();
            model.Parameters.Select(p => p.Name).ShouldBeUnique();
            foreach (ModelParameter parameter in model.Parameters)
            {
                parameter.Default.ShouldNotBeEmpty();
                parameter.Range.ShouldNotBeEmpty();
                parameter.Description.ShouldNotBeEmpty();
            }
        }
    }

    [Theory]
    [MemberData(nameof(PresetNames))]
    public void Presets_AreValidForOneAndForManyVcpus(string name)
    {
        MemoryPreset preset = MemoryPresets.All.Single(p => p.Name == name);
        preset.Source.ShouldNotBeEmpty();
        foreach (int vcpus in new[] { 1, 64 })
        {
            preset.Caches.Validate("memory", TestCaches.Clocks(vcpus));
        }

        preset.Dram.Validate("dram");
        preset.Dram.LineSizeBytes.ShouldBe(preset.Caches.L1D.LineSizeBytes);
    }

    [Fact]
    public void Document_ListsEveryParameterAndStatistic()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "models.md"));
        foreach (ModelParameter parameter in ModelCatalogue.All.SelectMany(m => m.Parameters))
        {
            string name = Level().Replace(parameter.Name, "LEVEL.");
            text.ShouldContain($"`{(parameter.Name == "l2.sharing" ? parameter.Name : name)}`");
        }

        StatisticsList list = new();
        new CacheHierarchy("m", TestCaches.Tiny, TestCaches.Clocks(2)).Collect(list);
        CacheOptions rich = TestCaches.Tiny.L1D with
        {
            Writes = WritePolicy.Through,
            WriteMisses = WriteMissPolicy.NoAllocate,
            Prefetcher = new PrefetcherOptions
            {
                Kind = PrefetcherKind.Stream,
                Degree = 2,
                Distance = 16,
            },
        };
        new CacheHierarchy("r", TestCaches.Tiny with { L1D = rich, Translation = TestCaches.Tlbs }, TestCaches.Clocks(1))
            .Collect(list);
        new FlatDram("d", MemoryPresets.Server.Dram).Collect(list);
        BankedDram banks = new("d", DramPresets.Ddr4Of3200.Options);
        banks.Collect(list);
        foreach (string name in list.Items.Select(s => s.Name.Split('.')[^1]).Distinct())
        {
            text.ShouldContain($"`{name}`");
        }
    }

    [Theory]
    [InlineData(204_800_000_000UL, "25.6GB/s")]
    [InlineData(8_000_000UL, "1MB/s")]
    [InlineData(800_000_000_000_000UL, "100TB/s")]
    [InlineData(8_000_001UL, "8000001bps")]
    public void Bandwidth_IsWrittenExactly(ulong bits, string text)
    {
        ModelCatalogue.FormatBandwidth(bits).ShouldBe(text);
        Quantity.TryParseBandwidth(text, out ulong back, out _).ShouldBeTrue();
        back.ShouldBe(bits);
    }

    [GeneratedRegex("^l[123][id]?\\.")]
    private static partial Regex Level();

    private static ModelDescription Model(string name) =>
        ModelCatalogue.All.Single(m => m.Name == name);

    private static string Default(ModelDescription model, string parameter) =>
        model.Parameters.Single(p => p.Name == parameter).Default;

    private static ulong Size(string text)
    {
        Quantity.TryParseSize(text, out ulong size, out _).ShouldBeTrue();
        return size;
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder)!;
        }

        return folder;
    }
}
