using System.Diagnostics;
using System.Globalization;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Cachegrind's nine counts.</summary>
internal sealed record CachegrindCounts(
    ulong Ir, ulong I1mr, ulong ILmr,
    ulong Dr, ulong D1mr, ulong DLmr,
    ulong Dw, ulong D1mw, ulong DLmw)
{
    public const string Tool = "valgrind";

    public static IReadOnlyList<string> Names { get; } =
        ["Ir", "I1mr", "ILmr", "Dr", "D1mr", "DLmr", "Dw", "D1mw", "DLmw"];

    /// <summary>In the order of <see cref="Names"/>.</summary>
    public IReadOnlyList<ulong> Values => [Ir, I1mr, ILmr, Dr, D1mr, DLmr, Dw, D1mw, DLmw];

    /// <summary>What cachegrind counts for the program with these caches.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static CachegrindCounts Measure(string program, HierarchyOptions caches)
    {
        string file = Path.GetTempFileName();
        try
        {
            Run(
            [
                "--tool=cachegrind",
                "--cache-sim=yes",
                $"--I1={Shape(caches.L1I!)}",
                $"--D1={Shape(caches.L1D)}",
                $"--LL={Shape(caches.L2!)}",
                $"--cachegrind-out-file={file}",
                program,
            ]);
            return Parse(File.ReadAllLines(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What our hierarchy counted, its L2 being LL.</summary>
    public static CachegrindCounts Of(CacheHierarchy caches)
    {
        StatisticsList list = new();
        caches.Collect(list);
        return Of(list.Items.ToDictionary(s => s.Name, s => (ulong)s.Value));
    }

    /// <summary>What a run of `dilaton` counted, from its stats.txt.</summary>
    public static CachegrindCounts OfRun(string statisticsFile) =>
        OfText(File.ReadAllText(statisticsFile));

    /// <summary>The same, from the file's text.</summary>
    public static CachegrindCounts OfText(string statistics)
    {
        const string Prefix = "node0.caches.";
        Dictionary<string, ulong> values = [];
        foreach (string line in statistics.Split('\n'))
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && words[0].StartsWith(Prefix, StringComparison.Ordinal)
                && ulong.TryParse(words[1], CultureInfo.InvariantCulture, out ulong value))
            {
                values[words[0][Prefix.Length..]] = value;
            }
        }

        return Of(values);
    }

    private static void Run(string[] arguments)
    {
        ProcessStartInfo start = new(Tool, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)
            ?? throw new InvalidOperationException($"{Tool} did not start");
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException(
                $"{Tool} ended with {process.ExitCode}: {error.Result}");
        }
    }

    private static CachegrindCounts Of(Dictionary<string, ulong> values)
    {
        ulong l1i = values["vcpu0.l1i.fetchMisses"];
        ulong loads = values["vcpu0.l1d.loadMisses"];
        ulong stores = values["vcpu0.l1d.storeMisses"];
        return new CachegrindCounts(
            values["vcpu0.l1i.fetchHits"] + l1i, l1i, values["l2.fetchMisses"],
            values["vcpu0.l1d.loadHits"] + loads, loads, values["l2.loadMisses"],
            values["vcpu0.l1d.storeHits"] + stores, stores, values["l2.storeMisses"]);
    }

    private static string Shape(CacheOptions cache) =>
        $"{cache.SizeBytes},{cache.Ways},{cache.LineSizeBytes}";

    private static CachegrindCounts Parse(string[] lines)
    {
        string events =
            lines.Single(l => l.StartsWith("events: ", StringComparison.Ordinal)).TrimEnd();
        if (events != "events: Ir I1mr ILmr Dr D1mr DLmr Dw D1mw DLmw")
        {
            throw new InvalidOperationException($"cachegrind wrote '{events}'");
        }

        ulong[] counts =
        [
            .. lines.Single(l => l.StartsWith("summary: ", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
                .Select(c => ulong.Parse(c, CultureInfo.InvariantCulture)),
        ];
        return new CachegrindCounts(
            counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], counts[6], counts[7],
            counts[8]);
    }
}
