using System.Diagnostics;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace Dilaton.Tests.Integration;

/// <summary>SIGKILL of any participant at a random moment: the run ends by itself, its results are
/// there, and nothing is left behind.</summary>
public sealed class PeerKillTests(ITestOutputHelper output)
{
    private const int Runs = 20;
    private const int SoakRuns = 200;

    [RequiresPeerFact]
    public void KillingAnyoneAtAnyMoment_LeavesResultsAndNoProcess() => KillMany(Runs);

    [RequiresPeerFact]
    [Trait("Tier", "soak")]
    public void KillingAnyoneTwoHundredTimes_LeavesResultsAndNoProcess() => KillMany(SoakRuns);

    private void KillMany(int runs)
    {
        var random = new Random((int)Seeded.Seed);
        TimeSpan longest = TimeSpan.Zero;
        for (int i = 0; i < runs; i++)
        {
            using var folder = new TempFolder();
            string mark = folder.File($"mark-{i}");
            string victim = (i % 3) switch { 0 => "peer", 1 => "worker", _ => "front" };
            TimeSpan end = KillOne(folder, mark, victim, random.Next(50, 1500));
            longest = end > longest ? end : longest;
        }

        output.WriteLine(
            $"figures: {runs} kills, all ended by themselves, the slowest in "
            + $"{longest.TotalMilliseconds:F0} ms");
    }

    /// <returns>From the kill until nothing was left.</returns>
    private static TimeSpan KillOne(TempFolder folder, string mark, string victim, int delay)
    {
        string results = folder.File("results");
        string stats = Path.Combine(folder.Path, Path.GetFileName(mark));
        string job = folder.Write("job.yaml", PeerJob.Text(
            Paths.Guest("chase"), ["33554432", "1000000000"], options: $"--stats, {stats}"));
        ProcessStartInfo start = new(Paths.Dilaton)
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["launch", job, "-q", "-o", results])
        {
            start.ArgumentList.Add(argument);
        }

        using Process front = Process.Start(start)!;
        Task<string> error = front.StandardError.ReadToEndAsync();
        Task<string> output = front.StandardOutput.ReadToEndAsync();
        int? worker = WaitForChild(front, "worker");
        int? peer = WaitForChild(front, Path.GetFileName(stats));
        front.WaitForExit(delay).ShouldBeFalse("the guest is endless");
        int target = victim switch
        {
            "peer" => peer!.Value,
            "worker" => worker!.Value,
            _ => front.Id,
        };
        long killed = Stopwatch.GetTimestamp();
        using (Process prey = Process.GetProcessById(target))
        {
            prey.Kill();
        }

        front.WaitForExit(TimeSpan.FromSeconds(60)).ShouldBeTrue($"{victim} after {delay} ms");
        string said = error.Result + output.Result;
        foreach (int left in (int[])[worker!.Value, peer!.Value])
        {
            SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{left}"), 30_000)
                .ShouldBeTrue($"{victim} after {delay} ms left process {left}: {said}");
        }

        TimeSpan took = Stopwatch.GetElapsedTime(killed);
        if (victim != "front")
        {
            front.ExitCode.ShouldBe(5, said);
            File.Exists(Path.Combine(results, "result.json")).ShouldBeTrue(said);
            File.Exists(Path.Combine(results, "stats.txt")).ShouldBeTrue(said);
        }

        return took;
    }

    /// <summary>A child whose command line has this word, or null if none comes.</summary>
    private static int? WaitForChild(Process parent, string word)
    {
        int? found = null;
        SpinWait.SpinUntil(() => (found = FindChild(parent.Id, word)) is not null, 120_000);
        found.ShouldNotBeNull($"no child with '{word}'");
        return found;
    }

    private static int? FindChild(int parent, string word)
    {
        foreach (string folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int id))
            {
                continue;
            }

            try
            {
                string status = File.ReadAllText($"{folder}/status");
                string line = File.ReadAllText($"{folder}/cmdline");
                if (status.Contains($"PPid:\t{parent}\n", StringComparison.Ordinal)
                    && line.Split('\0').Any(a => a.EndsWith(word, StringComparison.Ordinal)))
                {
                    return id;
                }
            }
            catch (IOException)
            {
                // It is gone.
            }
        }

        return null;
    }
}
