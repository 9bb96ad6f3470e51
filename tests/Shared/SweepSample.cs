using System.Globalization;
using System.Text;

namespace Dilaton.Tests;

/// <summary>Writes the folder of a sweep as `dilaton sweep` leaves it, with figures that a test gives.
/// </summary>
internal sealed class SweepSample(string folder)
{
    private readonly StringBuilder _points = new();
    private readonly StringBuilder _results = new();
    private string[] _paths = [];
    private int _count;

    public string Folder => folder;

    public string Job { get; init; } = "sample";

    /// <summary>Written into env.json and the resolved job, to see what becomes of hostile text.
    /// </summary>
    public string Word { get; init; } = "/usr/bin/true";

    public SweepSample Over(params string[] paths)
    {
        _paths = paths;
        _points.Append($"point,repeat,seed,{string.Join(',', paths)},status\n");
        _results.Append($"point,repeat,seed,{string.Join(',', paths)},metric,value,unit\n");
        return this;
    }

    /// <returns>The point's id.</returns>
    /// <param name="status">The word of its result.json; null for a point that did not run.</param>
    public string Add(
        int repeat, string[] values, string? status = "ok", double cpuSeconds = 1, double stall = 0.25,
        params (string Name, double Value, string Unit)[] metrics)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{_count++:x12}");
        string head = string.Create(CultureInfo.InvariantCulture, $"{id},{repeat},{repeat + 1},{string.Join(',', values)}");
        _points.Append($"{head},{(status is null ? "planned" : status)}\n");
        if (status is null)
        {
            return id;
        }

        foreach ((string name, double value, string unit) in metrics)
        {
            _results.Append(CultureInfo.InvariantCulture, $"{head},{name},{value},{unit}\n");
        }

        WriteRun(Path.Combine(folder, "runs", id), repeat, status, cpuSeconds, stall);
        return id;
    }

    public SweepSample Write()
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "sweep.yaml"),
            $"# dilaton sweep: job.yaml time.tdf=1,2\nname: {Job}\n");
        File.WriteAllText(Path.Combine(folder, "sweep.json"),
            $$"""{"schema": "dilaton-sweep/v1", "name": "{{Job}}", "workingFolder": "/somewhere"}""" + "\n");
        File.WriteAllText(Path.Combine(folder, "points.csv"), _points.ToString());
        File.WriteAllText(Path.Combine(folder, "results.csv"), _results.ToString());
        return this;
    }

    /// <summary>A sweep of a thousand points over three paths, two repeats each.</summary>
    public static SweepSample Large(string folder)
    {
        SweepSample sample = new SweepSample(folder) { Job = "large" }.Over("time.tdf", "network.link.bandwidth", "nodes[0].cores.count");
        int[] factors = [1, 2, 3, 5, 8, 10, 20, 30, 50, 100];
        int[] rates = [1, 2, 4, 10, 20, 25, 40, 50, 80, 100];
        foreach (int tdf in factors)
        {
            foreach (int rate in rates)
            {
                for (int i = 0; i < 10; i++)
                {
                    double noise = 1 + (((tdf * 31) + (rate * 17) + (i * 7)) % 13 / 1000.0);
                    double goodput = Math.Min(tdf * rate * 1e8, 4e11) * noise;
                    (string, double, string)[] metrics =
                    [
                        ("goodput", goodput, "B/s"), ("virtualTime", 1e9 / goodput, "Second"),
                        .. Enumerable.Range(0, 12).Select(m => ($"counter{m}", (goodput / (m + 7)) % 1e7, "Count")),
                    ];
                    sample.Add(i % 2, [$"{tdf}", $"{rate}Gbps", $"{1 << (i / 2)}"], "ok", 1 + (rate * 0.01),
                        0.6 * rate / 100, metrics);
                }
            }
        }

        return sample.Write();
    }

    private void WriteRun(string run, int repeat, string status, double cpuSeconds, double stall)
    {
        Directory.CreateDirectory(run);
        string word = Word.Replace("\\", "\\\\").Replace("\"", "\\\"");
        File.WriteAllText(Path.Combine(run, "result.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"schema": "dilaton-result/v1", "name": "{{Job}}", "status": "{{status}}", "exitCode": 0,
             "reason": "as the test wants it", "complete": true, "seed": {{repeat + 1}},
             "nodes": [{"name": "node0", "engine": "translator", "clockRung": "counted", "end": "guest-exited",
               "status": "{{status}}", "virtualTimePs": 2000000, "instructions": 1500}],
             "warnings": [], "exact": ["instructions"], "estimates": ["CPI"],
             "host": {"wallSeconds": {{cpuSeconds}}, "cpuSeconds": {{cpuSeconds}}, "slowdown": {{cpuSeconds * 1e6}} } }
            """));
        File.WriteAllText(Path.Combine(run, "job.resolved.json"), $$"""
            {"apiVersion": "dilaton/v1", "name": "{{Job}}", "nodes": [{"name": "node0", "engine": "translator",
              "cores": {"count": 1, "frequency": "2GHz", "rates": "physical", "share": "1",
                "model": {"kind": "inorder", "cpi": "1", "storeBuffer": 16} },
              "memory": {"size": "1GiB", "peer": null, "cut": "hierarchy", "caches": {"l1d": {"size": "32KiB", "ways": 8,
                "latency": "4cycles"} }, "dram": {"latency": "80ns", "bandwidth": "25.6GB/s", "rates": "virtual"} },
              "guest": {"program": {"path": "{{word}}", "args": []} } }],
             "network": null, "peers": [], "time": {"mode": "executed", "tdf": "1", "slice": "1000cycles", "weave": "10us",
              "feedback": "lockstep", "until": null}, "kernel": {"mode": "ideal"}, "sync": {"mode": "strict"},
             "events": {"level": "full"} }
            """);
        File.WriteAllText(Path.Combine(run, "env.json"), $$"""
            {"dilaton": "0.1.0", "commit": "0123456789abcdef", "os": "Debian", "cpu": "a CPU", "hostCpus": 2,
             "workingFolder": "/somewhere", "commandLine": ["x", "launch", "{{word}}"]}
            """);
        File.WriteAllText(Path.Combine(run, "host.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"wallSeconds": {{cpuSeconds}}, "cpuSeconds": {{cpuSeconds}}, "frontCpuSeconds": {{cpuSeconds / 4}},
             "workerCpuSeconds": {{cpuSeconds * 3 / 4}}, "slowdown": {{cpuSeconds * 1e6}} }
            """));
        double executed = Math.Round(3000 * (1 - stall));
        File.WriteAllText(Path.Combine(run, "stats.json"), string.Create(CultureInfo.InvariantCulture, $$"""
            {"schema": "dilaton-stats/v1", "dumps": [{"tick": 2000000, "statistics": [
              {"name": "node0.simTicks", "value": 2000000, "unit": "Tick", "description": "time"},
              {"name": "node0.finalTick", "value": 2000000, "unit": "Tick", "description": "time"},
              {"name": "node0.vcpu0.numCycles", "value": 4000, "unit": "Cycle", "description": "all"},
              {"name": "node0.vcpu0.cycles.executed", "value": {{executed}}, "unit": "Cycle", "description": "executed"},
              {"name": "node0.vcpu0.cycles.stall", "value": {{3000 - executed}}, "unit": "Cycle", "description": "stall"},
              {"name": "node0.vcpu0.cycles.kernel", "value": 400, "unit": "Cycle", "description": "kernel"},
              {"name": "node0.vcpu0.cycles.waiting", "value": 600, "unit": "Cycle", "description": "waiting"},
              {"name": "node0.vcpu0.cpi", "value": null, "unit": "Ratio", "description": "not divided"},
              {{Latencies()}}]}]}
            """));
        WriteTimelines(run, stall);
    }

    /// <summary>Of 40 bins from 64 ns on, one sample in each.</summary>
    private static string Latencies()
    {
        const string name = "\"name\": \"node0.weave.latency::";
        string Line(string what, string value) =>
            $"{{{name}{what}\", \"value\": {value}, \"unit\": \"Tick\", \"description\": \"latency\"}}";
        List<string> lines = [Line("samples", "40"), Line("min", "65536"), Line("max", "392000"), Line("mean", "166000")];
        for (int i = 0; i < 40; i++)
        {
            int width = 4096 << (i / 16);
            int low = (16 + (i % 16)) * width;
            lines.Add(Line($"{low}-{low + width - 1}", "1"));
        }

        return string.Join(",\n", lines);
    }

    /// <summary>Twenty pieces of 100 ns: executed in the first half, stall in the other as said; two samples of host time.
    /// </summary>
    private static void WriteTimelines(string run, double stall)
    {
        StringBuilder rows = new(
            "node,beginPs,endPs,executedPs,stallPs,kernelPs,waitingPs,instructions,memoryRequests,framesSent,framesReceived\n");
        for (int i = 0; i < 20; i++)
        {
            long stalled = i < 10 ? 0 : (long)(100_000 * stall);
            rows.Append(CultureInfo.InvariantCulture,
                $"node0,{i * 100_000},{(i + 1) * 100_000},{100_000 - stalled},{stalled},0,0,75,2,0,0\n");
        }

        File.WriteAllText(Path.Combine(run, "timeline.csv"), rows.ToString());
        File.WriteAllText(Path.Combine(run, "host-timeline.csv"),
            "hostMs,node,virtualPs,instructions,slowdown,mips,waitShare,waitsFor,awaitedShare\n"
            + "200,node0,500000,500,400000,0.0025,0.5,sst0,0\n1000,node0,2000000,1500,533333.333,0.00125,0.25,sst0,0\n");
    }
}
