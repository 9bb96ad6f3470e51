using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration.Sst;

/// <summary>Law 9: the same accesses hit and miss alike, whoever brings them and whoever counts.
/// </summary>
public sealed class SstCounterTests
{
    private const string Caches = """
        l1 = dilaton.cache("l1", "4KiB", ways=4, cycles=4, first=True)
        l2 = dilaton.cache("l2", "{0}", ways=8, cycles=12)
        memory = dilaton.memory("memory", "2GiB")
        dilaton.connect(cpu, l1)
        dilaton.connect(l1, l2)
        dilaton.connect(l2, memory)
        dilaton.statistics("statistics.csv")
        """;

    [SstFact("prospero")]
    public void ProsperoWithOurRequests_CountsTheSame()
    {
        using TempFolder folder = new();
        string trace = folder.File("trace");
        Run run = Run.Job(Job(
            folder, "32KiB", $"modifies='read', max_outstanding=1, trace='{trace}'", 1000));
        run.ExitCode.ShouldBe(0, run.Error);

        // Prospero gives pages of its own; the first one begins at 1 GiB here.
        string config = folder.Write("prospero.py", $$"""
            import sst
            import dilaton_sst as dilaton

            prospero = sst.Component("cpu", "prospero.prosperoCPU")
            prospero.addParams({
                "reader": "prospero.ProsperoTextTraceReader", "readerParams.file": "{{trace}}0",
                "clock": "1GHz", "max_outstanding": 1, "pagesize": 1 << 30})
            cpu = prospero.setSubComponent("memory", "memHierarchy.standardInterface")
            {{Of("32KiB")}}
            """);
        CommandResult alone = Command.Run(
            "env",
            [
                $"PYTHONPATH={Path.Combine(Paths.Root, "sst-bridge", "configs")}",
                "sst", $"--output-directory={folder.Path}", config,
            ]);
        alone.ExitCode.ShouldBe(0, alone.Error);
        string statistics = File.ReadAllText(folder.File("statistics.csv"));
        foreach (string cache in new[] { "l1", "l2" })
        {
            foreach (string counter in new[] { "CacheHits", "CacheMisses" })
            {
                SstJob.Sum(statistics, cache, counter)
                    .ShouldBe(SstJob.Sum(run, cache, counter), $"{cache}.{counter}");
            }
        }

        SstJob.Sum(statistics, "l2", "CacheMisses").ShouldBeGreaterThan(100UL);
    }

    [SstFact]
    public void OurCachesOfTheSameShape_CountTheSame()
    {
        using TempFolder folder = new();
        Run there = Run.Job(Job(folder, "512KiB", "modifies='read'", 5000));
        there.ExitCode.ShouldBe(0, there.Error);
        Run here = Run.Job($$$"""
            apiVersion: dilaton/v1
            nodes:
              - memory:
                  size: 1GiB
                  caches:
                    l1i: none
                    l1d: {size: 4KiB, ways: 4, latency: 4cycles}
                    l2: {size: 512KiB, ways: 8, latency: 12cycles}
                    l3: none
                    modifies: load
                guest:
                  program: {path: {{{Paths.Guest("quicksort")}}}, args: ["5000"], env: {LANG: C}}
            events: {level: full}
            kernel: ideal
            """);
        here.ExitCode.ShouldBe(0, here.Error);
        foreach ((string cache, string ours) in new[] { ("l1", "l1d"), ("l2", "l2") })
        {
            SstJob.Sum(there, cache, "CacheHits")
                .ShouldBe((ulong)here.Statistic($"vcpu0.{ours}.overallHits"), cache);
            SstJob.Sum(there, cache, "CacheMisses")
                .ShouldBe((ulong)here.Statistic($"vcpu0.{ours}.overallMisses"), cache);
        }
    }

    private static string Of(string l2Size) =>
        Caches.Replace("{0}", l2Size, StringComparison.Ordinal);

    private static string Job(TempFolder folder, string l2Size, string parameters, int numbers) =>
        SstJob.Text(
            folder.Write(
                "config.py",
                $"import dilaton_sst as dilaton\n\n[cpu] = dilaton.vcpus(1, {parameters})\n"
                    + Of(l2Size)),
            "cut: none", 1, Paths.Guest("quicksort"), $"\"{numbers}\"")
        + "\nevents: {level: full}\nkernel: ideal";
}
