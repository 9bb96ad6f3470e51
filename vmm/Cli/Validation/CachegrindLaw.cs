using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 9 against cachegrind, where there is one.</summary>
internal static class CachegrindLaw
{
    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        if (!IsThere())
        {
            yield return LawCheck.Skip(
                "a program's hits and misses against cachegrind",
                "valgrind is not in PATH: apt-get install valgrind", lacksTool: true);
            yield break;
        }

        bench.Tell("law 9: a program here and under cachegrind");
        byte[] image = LawGuests.Chase(64 << 10, 20_000);
        LawRun run = bench.Run(
            [new LawNode("node0", image, "memory: {preset: law9, addressing: identity}")],
            "kernel: ideal\nevents: {level: full}");
        HierarchyOptions caches = JobMapping.Hierarchy(run.Job.Nodes[0].Memory);
        CachegrindCounts ours = CachegrindCounts.OfText(run.StatisticsText);
        CachegrindCounts theirs =
            CachegrindCounts.Measure(bench.WriteGuest("cachegrind", image), caches);
        for (int i = 0; i < CachegrindCounts.Names.Count; i++)
        {
            yield return LawCheck.Exact(
                $"{CachegrindCounts.Names[i]} of a chase through 64KiB", "events",
                ours.Values[i], theirs.Values[i]);
        }
    }

    private static bool IsThere() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(':', StringSplitOptions.RemoveEmptyEntries)
        .Any(folder => File.Exists(Path.Combine(folder, CachegrindCounts.Tool)));
}
