using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>What the model tells its memory, held against the standard's rules by an independent
/// reader.</summary>
public sealed class DramProtocolTests
{
    private const int Requests = 2_000;

    public static TheoryData<string> Presets => [.. DramPresets.All.Select(p => p.Name)];

    public static TheoryData<string> TimingNames =>
        [.. DramPresets.Ddr4Of3200.Options.Timings.All.Select(t => t.Name)
            .Where(name => name is not ("cl" or "cwl"))];

    [Theory]
    [MemberData(nameof(Presets))]
    public void EveryCommandKeepsEveryRule(string name)
    {
        BankedDramOptions preset = DramPresets.All.Single(p => p.Name == name).Options;
        int seed = 1;
        foreach (PagePolicy policy in Enum.GetValues<PagePolicy>())
        {
            foreach (string mapping in new[] { "RoRaBaBgCoCh", "RoCoRaBaBgCh" })
            {
                foreach (int ranks in new[] { 1, 2 })
                {
                    ProtocolChecker checker = new(preset);
                    List<DramCommand> log = DramTraffic.Log(
                        preset with
                        {
                            Policy = policy,
                            Mapping = AddressMapping.Parse(mapping),
                            Ranks = ranks,
                            Channels = 1,
                            WriteHigh = 8 * seed,
                            WriteLow = 3,
                        },
                        DramTraffic.Random(seed++, Requests));
                    log.Count(c => c.Kind == DramCommandKind.Refresh).ShouldBeGreaterThan(5);
                    log.Count(c => c.Kind == DramCommandKind.Write).ShouldBeGreaterThan(100);
                    checker.Check(log);
                    checker.Broken.ShouldBeEmpty($"{policy} {mapping} {ranks} ranks");
                }
            }
        }
    }

    /// <summary>A memory that is one clock slower than the model believes: each timing on its own is
    /// seen to be kept, and no clock to spare.</summary>
    [Theory]
    [MemberData(nameof(TimingNames))]
    public void AModelThatIsAClockTooFast_IsFoundOut(string name)
    {
        BankedDramOptions options = DramPresets.Ddr4Of3200.Options with
        {
            Ranks = 2,
            WriteHigh = 16,
            WriteLow = 4,
        };
        ProtocolChecker checker = new(options with { Timings = Slower(options.Timings, name) });
        for (int seed = 1; seed <= 9 && !checker.Broken.Contains(name); seed++)
        {
            checker.Check(DramTraffic.Log(options, DramTraffic.Random(seed, Requests)));
        }

        checker.Broken.ShouldContain(name);
    }

    [Fact]
    public void ALogWithoutItsCloses_IsFoundOut()
    {
        BankedDramOptions options = DramPresets.Ddr4Of3200.Options;
        ProtocolChecker checker = new(options);
        checker.Check(DramTraffic.Log(options, DramTraffic.Random(1, Requests))
            .Where(c => c.Kind is not (DramCommandKind.Precharge or DramCommandKind.PrechargeAll)));
        checker.Broken.ShouldContain("opens a bank that is open");
        checker.Broken.ShouldContain("refreshes with an open row");
    }

    private static DramTimings Slower(DramTimings t, string name) => name switch
    {
        "rcd" => t with { Rcd = t.Rcd + 1 },
        "rp" => t with { Rp = t.Rp + 1 },
        "ras" => t with { Ras = t.Ras + 1 },
        "rc" => t with { Rc = t.Rc + 1 },
        "ccdS" => t with { CcdS = t.CcdS + 1 },
        "ccdL" => t with { CcdL = t.CcdL + 1 },
        "ccdLWr" => t with { CcdLWr = t.CcdLWr + 1 },
        "rrdS" => t with { RrdS = t.RrdS + 1 },
        "rrdL" => t with { RrdL = t.RrdL + 1 },
        "faw" => t with { Faw = t.Faw + 1 },
        "wr" => t with { Wr = t.Wr + 1 },
        "wtrS" => t with { WtrS = t.WtrS + 1 },
        "wtrL" => t with { WtrL = t.WtrL + 1 },
        "rtp" => t with { Rtp = t.Rtp + 1 },
        "rtw" => t with { Rtw = t.Rtw + 1 },
        "cs" => t with { Cs = t.Cs + 1 },
        "refi" => t with { Refi = t.Refi + 1 },
        "rfc" => t with { Rfc = t.Rfc + 1 },
        _ => throw new ArgumentOutOfRangeException(nameof(name)),
    };
}
