using System.Text.Json.Nodes;
using System.Xml.Linq;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SstInfoTests
{
    [Fact]
    public void WhatALibrarySays_IsRead()
    {
        IReadOnlyList<SstLibrary> libraries =
            SstInfoXml.Libraries(XDocument.Parse(SstSamples.Xml));
        libraries.Select(l => l.Name).ShouldBe(["mem", "Solo"]);
        SstElement cache = libraries[0].Find("Cache").ShouldNotBeNull();
        cache.Kind.ShouldBe("Component");
        cache.Parameters[0].ShouldBe(new SstParameter("size", "", "Its size"));
        cache.Parameters[1].Default.ShouldBe("4");
        cache.Ports.Select(p => p.Name).ShouldBe(["up", "down%(n)d"]);
        cache.Slots.ShouldBe([new SstSlot("prefetcher", "Mem::Listener", "Fetches ahead")]);
        cache.Statistics.ShouldBe([new SstStatistic("hits", "events", "1", "Hits")]);
        libraries[0].Find("Old").ShouldNotBeNull().Name.ShouldBe("Ahead");
        libraries[0].Find("").ShouldBeNull();
        SstInfoXml.Folders(XDocument.Parse(SstSamples.Xml)).ShouldBe(["/a", "/b"]);
    }

    [Theory]
    [InlineData("port", "port", true)]
    [InlineData("port%(n)d", "port12", true)]
    [InlineData("port%(n)d", "port", false)]
    [InlineData("port%(n)d", "portx", false)]
    [InlineData("a%(n)d.b%(m)d", "a1.b2", true)]
    [InlineData("a%(n)d.b", "a1xb", false)]
    [InlineData("%(name)s_link", "l1_link", true)]
    public void ANameForMany_MatchesEach(string pattern, string name, bool matches) =>
        SstPattern.Matches(pattern, name).ShouldBe(matches);

    [Fact]
    public void ALibrary_IsListedWithItsElements()
    {
        string text = Describe("mem", json: false);
        text.ShouldContain("Cache                        A cache");
        text.ShouldContain("Next line [Mem::Listener]");
    }

    [Fact]
    public void AnElement_IsShownWithAllThatItHas()
    {
        string text = Describe("mem.Cache", json: false);
        text.ShouldContain("mem.Cache (Component)");
        text.ShouldContain("size                         -                Its size");
        text.ShouldContain("ways                         4                Its ways");
        text.ShouldContain("down%(n)d                    To memory");
        text.ShouldContain("prefetcher                   [Mem::Listener] Fetches ahead");
        text.ShouldContain("hits                         Hits [events; level 1]");
    }

    [Fact]
    public void Json_HasEverything()
    {
        JsonNode library = JsonNode.Parse(Describe("mem", json: true))!["libraries"]![0]!;
        JsonNode cache = library["elements"]![0]!;
        cache["parameters"]![1]!["default"]!.GetValue<string>().ShouldBe("4");
        cache["slots"]![0]!["interface"]!.GetValue<string>().ShouldBe("Mem::Listener");
        cache["statistics"]![0]!["unit"]!.GetValue<string>().ShouldBe("events");
        library["elements"]!.AsArray().Count.ShouldBe(3);
    }

    [Theory]
    [InlineData("mme", "SST has no element library 'mme'", "did you mean 'mem'?")]
    [InlineData("mem.Cahce", "library mem has no element 'Cahce'", "did you mean 'mem.Cache'?")]
    [InlineData("mem.Zylinder", "has no element 'Zylinder'", "dilaton sst info mem lists them")]
    public void WhatThereIsNot_HasItsNearestName(string name, string message, string help)
    {
        DiagnosticBag bag = new();
        SstCommand.Describe(SstSamples.Catalogue(), name, json: false, bag).ShouldBeNull();
        bag.Print().ShouldContain(message);
        bag.Print().ShouldContain(help);
    }

    private static string Describe(string name, bool json)
    {
        DiagnosticBag bag = new();
        return SstCommand.Describe(SstSamples.Catalogue(), name, json, bag)
            ?? throw new InvalidOperationException(bag.Print());
    }
}
