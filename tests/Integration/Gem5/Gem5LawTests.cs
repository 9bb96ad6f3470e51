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
    public void AStream_HitsAndMissesAsFromGem5sOwnTrafficGenerator()
    {
        const string Name = "transpose";
        Gem5Statistics bridge = Gem5Statistics.Of(Launch(Name, "cut: none, peer: memory", true));
        using TempFolder folder = new();
        CommandResult generator = Command.Run("gem5.opt",
        [
            $"--outdir={folder.Path}", Gem5Job.Config("generator.py"), Name,
            $"{Symbol(Name, "s_stack") + 4096}", $"{Symbol(Name, "s_from")}",
            $"{Symbol(Name, "s_to")}", "128", "2",
        ]);
        generator.ExitCode.ShouldBe(0, generator.Error);
        Gem5Statistics own = Gem5Statistics.Read(folder.File("stats.txt"));
        foreach (string cache in new[] { "l1dcaches", "l2cache" })
        {
            bridge.Misses(cache).ShouldBeGreaterThan(1000UL);
            bridge.Hits(cache).ShouldBe(own.Hits(cache), cache);
            bridge.Misses(cache).ShouldBe(own.Misses(cache), cache);
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

    private static Run Launch(string program, string memory, bool peer)
    {
        string peers = peer
            ? "peers: [{name: memory, kind: gem5, minLatency: 500ps, "
                + $"config: {Gem5Job.Config("geometry.py")}}}]"
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
