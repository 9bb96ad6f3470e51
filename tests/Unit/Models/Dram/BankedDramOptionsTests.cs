using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed class BankedDramOptionsTests
{
    private static readonly BankedDramOptions s_good = DramPresets.Ddr4Of3200.Options;
    private static readonly DramTimings s_timings = s_good.Timings;

    public static TheoryData<string> Presets => [.. DramPresets.All.Select(p => p.Name)];

    /// <summary>What is wrong, its key, and a word of what was expected.</summary>
    public static TheoryData<BankedDramOptions, string, string> Contradictions => new()
    {
        { With(t => t with { Ras = 25, Rc = 47 }), "timings.ras", "rcd + the burst" },
        { With(t => t with { Rc = 70 }), "timings.rc", "ras + rp" },
        { With(t => t with { Faw = 15 }), "timings.faw", "4 x rrdS" },
        { With(t => t with { RrdL = 3 }), "timings.rrdL", "rrdS" },
        { With(t => t with { CcdS = 3 }), "timings.ccdS", "burst" },
        { With(t => t with { CcdL = 3 }), "timings.ccdL", "ccdS" },
        { With(t => t with { CcdLWr = 3 }), "timings.ccdLWr", "ccdS" },
        { With(t => t with { WtrL = 3 }), "timings.wtrL", "wtrS" },
        { With(t => t with { Cwl = 23 }), "timings.cwl", "at most cl" },
        { With(t => t with { Rtw = 10 }), "timings.rtw", "would meet" },
        { With(t => t with { Refi = 600 }), "timings.refi", "rfc and one access" },
        { With(t => t with { Wr = 0 }), "timings.wr", "1..1000000" },
        { s_good with { Channels = 3 }, "channels", "power of two" },
        { s_good with { Ranks = 32 }, "banks.ranks", "1 to 16" },
        { s_good with { Groups = 0 }, "banks.groups", "power of two" },
        { s_good with { BanksPerGroup = 5 }, "banks.perGroup", "power of two" },
        { s_good with { RowSizeBytes = 32 }, "banks.rowSize", "below a line" },
        { s_good with { ClockHertz = 1 }, "banks.clock", "10MHz" },
        { s_good with { WidthBits = 32 }, "banks.burst", "one command moves one line" },
        { s_good with { LineSizeBytes = 128 }, "banks.burst", "one command moves one line" },
        { s_good with { WriteLow = 54 }, "banks.writeLow", "below writeHigh" },
        { s_good with { WriteHigh = 2000 }, "banks.writeHigh", "1..1024" },
        { s_good with { Controller = VirtualDuration.FromMilliseconds(1) }, "banks.controller", "100us" },
    };

    [Theory]
    [MemberData(nameof(Presets))]
    public void Presets_AreWithoutContradictionAndSayTheirSource(string name)
    {
        DramPreset preset = DramPresets.All.Single(p => p.Name == name);
        preset.Options.Validate("dram");
        preset.Source.ShouldContain("JEDEC");
        preset.Summary.ShouldNotBeEmpty();
    }

    /// <summary>The speed that the name says.</summary>
    [Theory]
    [InlineData("ddr4-2400", 2_400, 19_200)]
    [InlineData("ddr4-3200", 3_200, 25_600)]
    [InlineData("ddr5-4800", 4_800, 38_400)]
    [InlineData("hbm2", 2_000, 256_000)]
    public void Presets_HaveTheRateOfTheirName(string name, ulong megatransfers, ulong megabytes)
    {
        BankedDramOptions options = DramPresets.All.Single(p => p.Name == name).Options;
        (options.ClockHertz * 2).ShouldBe(megatransfers * 1_000_000);
        options.WireBitsPerSecond.ShouldBe((UInt128)megabytes * 8_000_000);
    }

    [Theory]
    [MemberData(nameof(Contradictions))]
    public void AContradiction_IsToldWithItsKeyAndWhatWasExpected(
        BankedDramOptions options, string key, string expected)
    {
        string path = key.StartsWith("timings", StringComparison.Ordinal) ? $"banks.{key}" : key;
        List<ConfigException> problems = [];
        options.Check("dram", problems);
        ConfigException problem = problems.ShouldHaveSingleItem();
        problem.Key.ShouldBe($"dram.{path}");
        problem.Why.ShouldContain(expected);
    }

    private static BankedDramOptions With(Func<DramTimings, DramTimings> change) =>
        s_good with { Timings = change(s_timings) };
}
