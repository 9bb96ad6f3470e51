using System.Globalization;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>`memory.trace` and `dilaton replay`, with banks and memory nodes.</summary>
public sealed class TraceTests
{
    private static readonly string s_guest = Paths.Guest("triad", "freestanding");

    private static readonly string[] s_memory =
    [
        "memory.preset=small", "memory.caches.l2=none", "memory.dram.kind=ddr4-3200",
        "memory.numa={nodes: [{name: near, cores: [0], size: 64KiB}, "
            + "{name: far, dram: {kind: hbm2}, link: {latency: 150ns, bandwidth: 28GB/s}}]}",
    ];

    [Fact]
    public void AReplay_GivesTheStatisticsOfTheRun_AndBreaksOffWhereTheTraceDoes()
    {
        using var folder = new TempFolder();
        string results = folder.File("results");
        CommandResult run = Command.Run(
            Paths.Dilaton,
            ["run", "-q", "-o", results, .. s_memory, "memory.trace=dilaton", "--", s_guest]);
        run.ExitCode.ShouldBe(0, run.Error);
        string trace = Path.Combine(results, "procs", "node0", "requests.txt");
        JsonObject replayed = Replay(trace, [.. s_memory]);
        int compared = 0;
        foreach (string line in File.ReadLines(Path.Combine(results, "stats.txt")))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0].StartsWith("node0.dram.", StringComparison.Ordinal)
                && replayed[words[0]["node0.".Length..]]?["value"] is { } value)
            {
                value.ToJsonString().ShouldBe(words[1], words[0]);
                compared++;
            }
        }

        compared.ShouldBeGreaterThan(60);
        decimal.Parse(
            replayed["dram.far.far"]!["value"]!.ToJsonString(), CultureInfo.InvariantCulture)
            .ShouldBeGreaterThan(100);

        // By way of gem5's format the same, but for whose requests they were.
        string packets = folder.File("packets.gz");
        Dilaton("replay", trace, "-o", packets, "--to", "gem5").ExitCode.ShouldBe(0);
        Replay(packets, ["--format", "gem5", .. s_memory]).ToJsonString()
            .ShouldBe(replayed.ToJsonString());

        string cut = folder.Write("cut", File.ReadAllText(trace)[..^20]);
        CommandResult broken = Dilaton("replay", cut);
        broken.ExitCode.ShouldBe(2);
        broken.Output.ShouldBeEmpty();
        broken.Error.ShouldContain("at byte ");
        broken.Error.ShouldContain("DL0820");
        Dilaton("replay", folder.File("none")).Error.ShouldContain("DL0821");
        Dilaton("replay", trace, "kernel=ideal").Error.ShouldContain("a trace has no guest to change");
        Dilaton("replay", trace, "--to", "gem5").Error.ShouldContain("--to and -o belong together");
    }

    private static JsonObject Replay(string trace, string[] words)
    {
        CommandResult run = Dilaton(["replay", trace, "--json", .. words]);
        run.ExitCode.ShouldBe(0, run.Error);
        return JsonNode.Parse(run.Output)!.AsObject();
    }

    private static CommandResult Dilaton(params string[] words) => Command.Run(Paths.Dilaton, words);
}
