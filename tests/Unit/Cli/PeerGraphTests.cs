using System.Text.Json;
using System.Text.Json.Nodes;
using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class PeerGraphTests
{
    private const string Text = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
            memory: {peer: mem, cut: l1}
        peers:
          - name: mem
            kind: sst
            graph:
              components:
                - name: vcpus
                  type: dilaton.Vcpus
                  slots: [{slot: memory, type: m.If}, {slot: 'memory[1]', type: m.If}]
                - name: l1
                  type: m.Cache
                  params: {size: 1KiB, L1: 1}
                  slots:
                    - {slot: lowlink, type: m.Nic, params: {group: 1}}
                    - {slot: lowlink.control, type: s.Nic}
              links:
                - {a: vcpus.memory.port, b: l1.high}
                - {a: 'vcpus.memory[1].port', b: l1.lowlink.control.port, latency: 2ns}
        """;

    [Fact]
    public void AGraph_IsReadAndWrittenAsItIs()
    {
        Job job = CliFixture.Good(Text);
        PeerGraphJob graph = job.Peers[0].Graph.ShouldNotBeNull();
        graph.Components[1].Params["size"].ShouldBe("1KiB");
        graph.Links[0].Latency.Picoseconds.ShouldBe(500UL);
        byte[] written = JobWriter.Write(job, indented: true);
        System.Text.Encoding.UTF8.GetString(written)
            .ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        Job again = CliFixture.Good(System.Text.Encoding.UTF8.GetString(written));
        JobWriter.Write(again, indented: true).ShouldBe(written);
    }

    [Fact]
    public void WhatSstIsGiven_HasEverythingAtItsPlace()
    {
        JsonNode graph = JsonNode.Parse(SstGraphBuilder.Build(CliFixture.Good(Text).Peers[0].Graph!))!;
        JsonNode vcpus = graph["components"]![0]!;
        vcpus["subcomponents"]![1]!["slot_name"]!.GetValue<string>().ShouldBe("memory");
        vcpus["subcomponents"]![1]!["slot_number"]!.GetValue<int>().ShouldBe(1);
        JsonNode l1 = graph["components"]![1]!;
        l1["params"]!["L1"]!.GetValue<string>().ShouldBe("1");
        l1["subcomponents"]!.AsArray().Count.ShouldBe(1);
        l1["subcomponents"]![0]!["subcomponents"]![0]!["type"]!.GetValue<string>().ShouldBe("s.Nic");
        JsonNode link = graph["links"]![1]!;
        link["left"]!.ToJsonString()
            .ShouldBe("""{"component":"vcpus:memory[1]","port":"port","latency":"2000 ps"}""");
        link["right"]!["component"]!.GetValue<string>().ShouldBe("l1:lowlink[0]:control[0]");
        SstGraph.Parse(graph.ToJsonString(), out _)!.Parts().Select(p => p.Path).ShouldBe(
        [
            "vcpus", "vcpus:memory[0]", "vcpus:memory[1]", "l1", "l1:lowlink[0]",
            "l1:lowlink[0]:control[0]",
        ]);
    }

    [Theory]
    [InlineData("dilaton.Vcpus", "m.Vcpus", "none of them is of Dilaton's own library")]
    [InlineData("name: l1", "name: vcpus", "'vcpus' is the name of another component already")]
    [InlineData("slot: 'memory[1]'", "slot: memory", "slot 'memory' of vcpus is filled twice")]
    [InlineData("slot: lowlink.control", "slot: uplink.control", "is a slot of nothing")]
    [InlineData("slot: lowlink.control", "slot: 'lowlink[x]'", "'lowlink[x]' is no slot of l1")]
    [InlineData("b: l1.high}", "b: l2.high}", "'l2.high' is at nothing")]
    [InlineData("b: l1.high}", "b: l2.high}", "did you mean 'l1'?")]
    [InlineData("b: l1.high}", "b: l1}", "write component.port")]
    [InlineData("b: l1.high}", "to: l1.high}", "links[0].b is missing")]
    [InlineData("latency: 2ns", "latency: 2", "links[1].latency")]
    [InlineData("type: m.Cache", "typo: m.Cache", "components[1].type is missing")]
    [InlineData("kind: sst", "kind: sst\n    config: x.py", "the peer has a config already")]
    [InlineData("kind: sst", "kind: command\n    program: x", "only peers of kind sst have one")]
    public void AMistake_IsNamed(string good, string bad, string message) =>
        CliFixture.Mistakes(Text.Replace(good, bad, StringComparison.Ordinal))
            .ShouldContain(message);

    [Fact]
    public void ThePeer_IsChosenByName()
    {
        Job one = CliFixture.Good(Text);
        DiagnosticBag bag = new();
        SstSdlCommand.Choose(one, null, bag).ShouldBe(one.Peers[0].Graph);
        SstSdlCommand.Choose(one, "mem", bag).ShouldNotBeNull();
        bag.Items.ShouldBeEmpty();
        SstSdlCommand.Choose(one, "men", bag).ShouldBeNull();
        bag.Print().ShouldContain("no peer 'men' has a graph");
        bag.Print().ShouldContain("--peer mem");
        SstSdlCommand.Choose(CliFixture.Good(CliFixture.Minimal), null, bag).ShouldBeNull();
        bag.Print().ShouldContain("no peer of the job has a graph");
    }
}
