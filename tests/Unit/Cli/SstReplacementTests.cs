using System.Text.Json.Nodes;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class SstReplacementTests
{
    // Two cores with interfaces in slots, as Ariel may have them, in the order 1, 0.
    private const string Slots = """
        {
          "program_options": {"timebase": "1ps", "stop-at": "300 us"},
          "components": [
            {"name": "mem", "type": "m.Memory"},
            {"name": "cpu", "type": "ariel.ariel", "partition": {"rank": 1, "thread": 0},
             "params": {"corecount": "2", "executable": "a.out"},
             "statistics": [{"name": "cycles"}],
             "subcomponents": [
               {"slot_name": "memmgr", "slot_number": 0, "type": "ariel.MemoryManagerSimple"},
               {"slot_name": "memory", "slot_number": 1, "type": "m.Interface",
                "params": {"x": "1"}},
               {"slot_name": "memory", "slot_number": 0, "type": "m.Interface",
                "subcomponents": [{"slot_name": "lowlink", "slot_number": 0, "type": "m.Link"}]}]},
            {"name": "cpu2", "type": "m.Cache"}
          ],
          "statistics_group": [{"name": "g", "components": ["cpu", "mem"]}],
          "links": [
            {"name": "a", "left": {"component": "cpu:memory[0]:lowlink", "port": "port", "latency": "1 ns"},
             "right": {"component": "mem", "port": "p0", "latency": "1 ns"}},
            {"name": "b", "left": {"component": "mem", "port": "p1", "latency": "2 ns"},
             "right": {"component": "cpu:memory[1]", "port": "port", "latency": "3 ns"}},
            {"name": "c", "left": {"component": "cpu:memmgr[0]", "port": "q", "latency": "1 ns"},
             "right": {"component": "cpu2", "port": "q", "latency": "1 ns"}}
          ]
        }
        """;

    // Two Mirandas, each with a port of its own.
    private const string Ports = """
        {
          "components": [
            {"name": "c0", "type": "miranda.BaseCPU", "params": {"clock": "2GHz"},
             "subcomponents": [{"slot_name": "generator", "slot_number": 0, "type": "miranda.X"}]},
            {"name": "c1", "type": "miranda.BaseCPU"},
            {"name": "l1", "type": "m.Cache"}
          ],
          "links": [
            {"name": "a", "left": {"component": "c0", "port": "cache_link", "latency": "1 ns"},
             "right": {"component": "l1", "port": "high_0", "latency": "1 ns"}},
            {"name": "b", "left": {"component": "l1", "port": "high_1", "latency": "1 ns"},
             "right": {"component": "c1", "port": "cache_link", "latency": "1 ns"}}
          ]
        }
        """;

    [Fact]
    public void Slots_KeepTheirPartsAndLinksInTheOrderOfTheirNumbers()
    {
        (JsonObject graph, string notes) = Replaced(Slots, null, "cpu");
        JsonObject made = graph["components"]![1]!.AsObject();
        made["name"]!.GetValue<string>().ShouldBe("cpu");
        made["type"]!.GetValue<string>().ShouldBe("dilaton.Vcpus");
        made["partition"]!["rank"]!.GetValue<int>().ShouldBe(1);
        made.ContainsKey("params").ShouldBeFalse();
        JsonArray slots = made["subcomponents"]!.AsArray();
        slots.Count.ShouldBe(2);
        slots[0]!["slot_number"]!.GetValue<int>().ShouldBe(0);
        slots[0]!["subcomponents"]!.AsArray().Count.ShouldBe(1);
        slots[1]!["params"]!["x"]!.GetValue<string>().ShouldBe("1");
        JsonArray links = graph["links"]!.AsArray();
        links.Count.ShouldBe(2);
        links[0]!["left"]!["component"]!.GetValue<string>().ShouldBe("cpu:memory[0]:lowlink");
        links[1]!["right"]!["component"]!.GetValue<string>().ShouldBe("cpu:memory[1]");
        links[1]!["right"]!["latency"]!.GetValue<string>().ShouldBe("3 ns");
        notes.ShouldContain("dropped: slot memmgr of cpu (ariel.ariel): ariel.MemoryManagerSimple");
        notes.ShouldContain("dropped: params of cpu (ariel.ariel): corecount, executable");
        notes.ShouldContain("dropped: statistics of cpu (ariel.ariel): cycles");
        notes.ShouldContain("dropped: link c, cpu:memmgr[0].q to cpu2.q");
        notes.ShouldContain("dropped: cpu from the group of statistics g");
        graph["statistics_group"]![0]!["components"]!.ToJsonString().ShouldBe("[\"mem\"]");
    }

    [Fact]
    public void AnEndOfTheSimulation_IsTheGuests()
    {
        (JsonObject graph, string notes) = Replaced(Slots, null, "cpu");
        graph["program_options"]!["stop-at"]!.GetValue<string>().ShouldBe("0ns");
        graph["program_options"]!["timebase"]!.GetValue<string>().ShouldBe("1ps");
        notes.ShouldContain("changed: option stop-at from 300us to 0ns");
        notes.ShouldNotContain("timebase");
    }

    [Fact]
    public void SeveralProcessors_BecomeOne()
    {
        (JsonObject graph, string notes) = Replaced(Ports, null, "c1", "c0");
        graph["components"]!.AsArray().Select(c => c!["name"]!.GetValue<string>())
            .ShouldBe(["c1", "l1"]);
        JsonArray links = graph["links"]!.AsArray();
        links[0]!["left"]!.ToJsonString()
            .ShouldBe("""{"component":"c1","port":"cache_link_1","latency":"1 ns"}""");
        links[1]!["right"]!["port"]!.GetValue<string>().ShouldBe("cache_link_0");
        notes.ShouldContain("kept: c1.cache_link is vCPU 0");
        notes.ShouldContain("kept: c0.cache_link is vCPU 1");
        notes.ShouldContain("dropped: slot generator of c0 (miranda.BaseCPU): miranda.X");
    }

    [Fact]
    public void FewerVcpus_LoseTheirLinks()
    {
        (JsonObject graph, string notes) = Replaced(Ports, 1, "c0", "c1");
        graph["links"]!.AsArray().Count.ShouldBe(1);
        notes.ShouldContain("dropped: c1.cache_link");
        notes.ShouldContain("dropped: link b, l1.high_1 to c1.cache_link");
    }

    [Theory]
    [InlineData(null, "c9", "the graph has no component 'c9'", "did you mean 'c0'?")]
    [InlineData(null, "l1", "'l1' (m.Cache) can't be replaced", "its links are at: l1.high_0, l1.high_1")]
    [InlineData(2, "c0", "--vcpus 2: c0 have 1 ways into memory", "1 to 1")]
    [InlineData(0, "c0", "--vcpus 0", "1 to 1")]
    public void WhatCanNotBe_IsSaid(int? vcpus, string name, string message, string help)
    {
        DiagnosticBag bag = new();
        SstReplacement.Apply(SstGraph.Parse(Ports, out _)!, [name], vcpus, bag).ShouldBeNull();
        bag.Print().ShouldContain(message);
        bag.Print().ShouldContain(help);
    }

    private static (JsonObject Graph, string Notes) Replaced(
        string text, int? vcpus, params string[] names)
    {
        DiagnosticBag bag = new();
        SstGraph graph = SstGraph.Parse(text, out string why)
            ?? throw new InvalidOperationException(why);
        IReadOnlyList<string> notes = SstReplacement.Apply(graph, names, vcpus, bag)
            ?? throw new InvalidOperationException(bag.Print());
        return (JsonNode.Parse(graph.Write())!.AsObject(), string.Join('\n', notes));
    }
}
