using System.Text.RegularExpressions;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Dilaton.Models.Network;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

public sealed partial class NetworkCatalogueTests
{
    [Fact]
    public void Defaults_AreThoseOfTheOptions()
    {
        LinkOptions link = NetworkDefaults.Link;
        Quantity.TryParseBandwidth(Default("link", "bandwidth"), out ulong bits, out _)
            .ShouldBeTrue();
        bits.ShouldBe(link.BandwidthBitsPerSecond);
        Time("link", "latency").ShouldBe(link.Latency);
        Time("link", "forwarding_latency").ShouldBe(NetworkDefaults.Network.ForwardingLatency);
        Size("link", "mtu").ShouldBe((ulong)link.MtuBytes);
        Size("link", "buffer").ShouldBe(link.BufferBytes);
        Default("torus", "shape").ShouldBe("4x4");
        Time("loggp", "latency").ShouldBe(NetworkDefaults.LogGp.Latency);
        Time("loggp", "gap").ShouldBe(NetworkDefaults.LogGp.Gap);
    }

    [Fact]
    public void EveryModelAndParameter_SaysWhatItIsAndWhereItComesFrom()
    {
        NetworkCatalogue.All.Concat(ModelCatalogue.All).Select(m => m.Name).ShouldBeUnique();
        foreach (ModelDescription model in NetworkCatalogue.All)
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

    [Fact]
    public void Defaults_AreValidInEveryShape()
    {
        TopologyOptions[] shapes =
        [
            NetworkDefaults.Network.Topology, NetworkDefaults.FatTree, NetworkDefaults.Torus,
            NetworkDefaults.Dragonfly,
        ];
        foreach (TopologyOptions shape in shapes)
        {
            List<ConfigException> problems = [];
            (NetworkDefaults.Network with { Topology = shape }).Check("network", 16, problems);
            NetworkDefaults.LogGp.Check("network", 16, problems);
            problems.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Document_ListsEveryModelParameterAndStatistic()
    {
        string text = File.ReadAllText(Path.Combine(Root(), "docs", "networks.md"));
        foreach (ModelDescription model in NetworkCatalogue.All)
        {
            text.ShouldContain($"`{model.Name}`");
            foreach (ModelParameter parameter in model.Parameters)
            {
                text.ShouldContain($"`{parameter.Name}`");
            }
        }

        FabricNetwork network = TestNetworks.Star(TestNetworks.Host);
        NetworkFrames.Run(network, NetworkFrames.Departure(0, 0, 1, 64));
        StatisticsList list = new();
        network.Collect(list);
        foreach (string name in list.Items
            .Select(s => LinkName().Replace(s.Name.Split("::")[0], "")).Distinct())
        {
            text.ShouldContain($"`{name}`");
        }
    }

    [Theory]
    [InlineData(10_000_000_000UL, "10Gbps")]
    [InlineData(2_500_000_000UL, "2.5Gbps")]
    [InlineData(1_000_000_000_000UL, "1Tbps")]
    [InlineData(1_000_001UL, "1000001bps")]
    public void Bandwidth_IsWrittenExactly(ulong bits, string text)
    {
        NetworkCatalogue.FormatBandwidth(bits).ShouldBe(text);
        Quantity.TryParseBandwidth(text, out ulong back, out _).ShouldBeTrue();
        back.ShouldBe(bits);
    }

    [GeneratedRegex(@"^node\d+\.(up|down)\.")]
    private static partial Regex LinkName();

    private static string Default(string model, string parameter) =>
        NetworkCatalogue.All.Single(m => m.Name == model)
            .Parameters.Single(p => p.Name == parameter).Default;

    private static VirtualDuration Time(string model, string parameter)
    {
        Quantity.TryParseDuration(Default(model, parameter), out VirtualDuration time, out _)
            .ShouldBeTrue();
        return time;
    }

    private static ulong Size(string model, string parameter)
    {
        Quantity.TryParseSize(Default(model, parameter), out ulong size, out _).ShouldBeTrue();
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
