using System.Globalization;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Gem5;

/// <summary>Law 9 with gem5: freestanding programs, data at fixed addresses, one request on its way
/// at a time, LRU, no prefetcher.</summary>
public sealed class Gem5LawTests
{
    private const string Caches =
        "caches: {l1i: none, l1d: {size: 4KiB, ways: 2}, l2: {size: 32KiB, ways: 4}}";

    private static readonly Func<string, string[]> s_transpose = program =>
        [$"{Symbol(program, "s_from")}", $"{Symbol(program, "s_to")}", "128", "2"];

    private static readonly Func<string, string[]> s_chase = program =>
        [$"{Symbol(program, "s_nodes")}", "1024", "100000"];

    [Gem5Theory]
    [InlineData("transpose")]
    [InlineData("scatter")]
    public void AStream_HitsAndMissesInGem5AsInOurCaches(string program) => Compare(program, true);

    [Gem5Theory]
    [Trait("Tier", "slow")]
    [InlineData("chase-64k")]
    [InlineData("triad")]
    public void AStream_HitsAndMissesInGem5AsInOurCaches_Slow(string program) =>
        Compare(program, true);

    /// <summary>In gem5 a line that is written back to L2 becomes the most recently used one there; in
    /// the preset law9 it touches nothing.</summary>
    [Gem5Fact]
    [Trait("Tier", "slow")]
    public void WriteBacksMoveTheOrderOfGem5sL2_AndNothingInL1() => Compare("law9", false);

    [Gem5Fact]
    public void AStream_HitsAndMissesAsFromGem5sOwnTrafficGenerator() =>
        CompareWithGenerator("transpose", "classic", s_transpose);

    [Gem5Fact]
    [Trait("Tier", "slow")]
    public void AChase_HitsAndMissesAsFromGem5sOwnTrafficGenerator() =>
        CompareWithGenerator("chase-64k", "classic", s_chase);

    [Gem5RubyFact]
    public void AStream_HitsAndMissesInRubyAsFromGem5sOwnTrafficGenerator() =>
        CompareWithGenerator("transpose", "ruby", s_transpose);

    private static void CompareWithGenerator(
        string program, string kind, Func<string, string[]> arguments)
    {
        Gem5Statistics bridge =
            Gem5Statistics.Of(Launch(program, "cut: none, peer: memory", true, kind));
        using TempFolder folder = new();
        CommandResult generator = Command.Run("gem5.opt",
        [
            $"--outdir={folder.Path}", Gem5Job.Config("generator.py"), program.Split('-')[0], kind,
            $"{Symbol(program, "s_stack") + 4096}", .. arguments(program),
        ]);
        generator.ExitCode.ShouldBe(0, generator.Error);
        Gem5Statistics own = Gem5Statistics.Read(folder.File("stats.txt"));
        foreach (string cache in new[] { "l1d", "l2" })
        {
            Misses(bridge).ShouldBeGreaterThan(1000UL);
            Hits(bridge).ShouldBe(Hits(own), cache);
            Misses(bridge).ShouldBe(Misses(own), cache);

            ulong Hits(Gem5Statistics s) => kind == "ruby" ? s.RubyHits(cache) : s.Hits(cache);

            ulong Misses(Gem5Statistics s) =>
                kind == "ruby" ? s.RubyMisses(cache) : s.Misses(cache);
        }
    }

    private static void Compare(string program, bool sharedToo)
    {
        Run ours = Launch(program, Caches, false);
        Gem5Statistics gem5 = Gem5Statistics.Of(Launch(program, "cut: none, peer: memory", true));
        gem5.Misses("l1dcaches").ShouldBeGreaterThan(1000UL);
        gem5.Hits("l1dcaches").ShouldBe((ulong)ours.Statistic("vcpu0.l1d.overallHits"));
        gem5.Misses("l1dcaches").ShouldBe((ulong)ours.Statistic("vcpu0.l1d.overallMisses"));
        if (sharedToo)
        {
            gem5.Hits("l2cache").ShouldBe((ulong)ours.Statistic(".l2.overallHits"));
            gem5.Misses("l2cache").ShouldBe((ulong)ours.Statistic(".l2.overallMisses"));
        }
    }

    private static Run Launch(string program, string memory, bool peer, string kind = "classic")
    {
        string peers = peer
            ? "peers: [{name: memory, kind: gem5, minLatency: 500ps, "
                + $"config: {Gem5Job.Config("geometry.py")}, "
                + $"args: [{kind}]}}]"
            : "";
        Run run = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - cores: {count: 1, frequency: 1MHz}
                memory: {size: 1GiB, preset: law9, addressing: identity, {{{memory}}}}
                guest: {program: {path: {{{Paths.Guest(program, "freestanding")}}}}}
            events: {level: full}
            {{{peers}}}
            """);
        run.ExitCode.ShouldBe(0, run.Error);
        return run;
    }

    private static ulong Symbol(string program, string name) => Command
        .Run("nm", [Paths.Guest(program, "freestanding")]).Output.Split('\n')
        .Where(line => line.EndsWith(" " + name, StringComparison.Ordinal))
        .Select(line => ulong.Parse(
            line.Split(' ')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
        .Single();
}
