using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Simulation;

/// <summary>docs/protocol.md, 4.10, on a small model, for every order of running, ending intervals
/// and answering.</summary>
public sealed class PipelineRule(ITestOutputHelper output)
{
    private const int RunsMax = 2_000_000;

    private static readonly string[] s_programs =
        ["rLrA", "SSA", "DLM", "ALl", "WLSA", "ILA", "rKL", "ZLA", "lSM", "lAlL"];

    [Fact]
    public void OneVcpu_AlwaysGetsOn()
    {
        foreach (string program in s_programs.Append("rLSSrLWAZLSA").Append("SLrSLrlSLAlLM"))
        {
            Explore([program], 1);
            Explore([program], 3);
        }
    }

    [Fact]
    public void TwoVcpus_AlwaysGetOn() => ExploreAll(2, every: 1);

    [Fact]
    public void ThreeVcpus_AlwaysGetOn() => ExploreAll(3, every: Seeded.IsSoak ? 1 : 40);

    private void ExploreAll(int vcpus, int every)
    {
        int underWay = 0;
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

            foreach (int feedback in new[] { 1, 2 })
            {
                (long more, int most) = Explore(programs, feedback);
                runs += more;
                underWay = Math.Max(underWay, most);
            }
        }

        output.WriteLine($"{runs} runs, {underWay} intervals under way at most");
        underWay.ShouldBe(3);
    }

    /// <returns>Runs, and the most intervals that were under way.</returns>
    private static (long Runs, int UnderWay) Explore(string[] programs, int feedback)
    {
        Choices choices = new();
        HashSet<string> seen = [];
        int runs = 0;
        int underWay = 0;
        do
        {
            PipelineModel model = new(programs, choices, feedback);
            try
            {
                model.Run(seen);
            }
            catch (GrantRuleException e)
            {
                throw new GrantRuleException(
                    $"{e.Message}: programs {string.Join(' ', programs)}, {feedback} late, "
                    + $"choices {choices}");
            }

            underWay = Math.Max(underWay, model.UnderWayMax);
        }
        while (++runs < RunsMax && choices.Advance());
        runs.ShouldBeLessThan(RunsMax, string.Join(' ', programs));
        return (runs, underWay);
    }
}
