using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Simulation;

/// <summary>docs/protocol.md, sections 4.3 to 4.5, on a small model, for every order of running,
/// closing intervals and answering: someone can always move, and no record appears where the peer
/// has been.</summary>
public sealed class GrantRule(ITestOutputHelper output)
{
    private const int RunsMax = 1_000_000;

    private static readonly string[] s_programs =
        ["rLrA", "SSA", "DLA", "ALA", "WLSA", "ILA", "rKL", "ZLA", "lSA"];

    [Fact]
    public void OneVcpu_EndsAtTheSameTimesWhereverIntervalsEnd()
    {
        foreach (string program in s_programs.Append("rLSSrLWAZLSA").Append("SLSLSLA"))
        {
            Dictionary<string, string> ends = [];
            Explore([program], remembers: true, (model, end) =>
            {
                string latencies = string.Join(' ', model.Latencies);
                if (end is not null && !ends.TryAdd(latencies, end))
                {
                    end.ShouldBe(ends[latencies], $"{program}, latencies {latencies}");
                }
            });
            ends.ShouldNotBeEmpty();
        }
    }

    [Fact]
    public void TwoVcpus_AlwaysGetOn() => ExploreAll(2, every: 1);

    [Fact]
    public void ThreeVcpus_AlwaysGetOn() => ExploreAll(3, every: Seeded.IsSoak ? 1 : 40);

    [Fact]
    public void FourVcpus_AlwaysGetOn() => ExploreAll(4, every: Seeded.IsSoak ? 11 : 800);

    private void ExploreAll(int vcpus, int every)
    {
        int held = 0;
        long runs = 0;
        int combinations = (int)Math.Pow(s_programs.Length, vcpus);
        for (int i = (int)(Seeded.Seed % (ulong)every); i < combinations; i += every)
        {
            int rest = i;
            string[] programs = new string[vcpus];
            for (int v = 0; v < vcpus; v++, rest /= s_programs.Length)
            {
                programs[v] = s_programs[rest % s_programs.Length];
            }

            runs += Explore(programs, remembers: false, (model, _) => held += model.Held);
        }

        output.WriteLine(
            $"figures: {vcpus} vCPUs, {runs} runs, {held} times a vCPU had to wait for another");
        held.ShouldBeGreaterThan(0);
    }

    private static int Explore(
        string[] programs, bool remembers, Action<GrantModel, string?> check)
    {
        Choices choices = new();
        HashSet<string> seen = [];
        int runs = 0;
        do
        {
            GrantModel model = new(programs, choices, remembers);
            try
            {
                check(model, model.Run(seen));
            }
            catch (GrantRuleException e)
            {
                throw new GrantRuleException(
                    $"{e.Message}: programs {string.Join(' ', programs)}, choices {choices}");
            }
        }
        while (++runs < RunsMax && choices.Advance());
        runs.ShouldBeLessThan(RunsMax, string.Join(' ', programs));
        return runs;
    }
}
