using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 3: a flat latency, and a channel that each line keeps busy; with banks, what a row
/// hit, miss and conflict take, and what refresh takes.</summary>
internal static class MemoryLaw
{
    private const int Requests = 10_000;

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        bench.Tell("law 3: requests to the memory model");
        FlatDramOptions options = MemoryPresets.Server.Dram;
        yield return LawCheck.Exact(
            "a lone read", "ps", Latencies(bench, options, 1)[0], options.Latency.Picoseconds);

        // Figures that are no whole number of picoseconds a line.
        options = options with { BandwidthBitsPerSecond = 123_456_789_012, Channels = 3 };
        ulong[] latencies = Latencies(bench, options, Requests);
        ulong worst = 0;
        for (int i = 0; i < latencies.Length; i++)
        {
            ulong bytes = (ulong)i * (ulong)options.LineSizeBytes * (ulong)options.Channels;
            ulong expected = options.Latency.Picoseconds
                + ClosedForms.TransferPs(bytes, options.BandwidthBitsPerSecond);
            worst = Math.Max(
                worst, Math.Max(expected, latencies[i]) - Math.Min(expected, latencies[i]));
        }

        yield return LawCheck.Exact(
            $"worst of {Requests} reads of a channel at once", "ps off", worst, 0);
        foreach (LawCheck check in DramPresets.All.SelectMany(preset => BankLaw.Measure(bench, preset)))
        {
            yield return check;
        }
    }

    /// <returns>Picoseconds of reads of one channel, all at the same time.</returns>
    private static ulong[] Latencies(LawBench bench, FlatDramOptions options, int count)
    {
        ITimingModel dram = bench.Subject.FlatMemory(options);
        MemoryRequest[] requests = new MemoryRequest[count];
        for (int i = 0; i < count; i++)
        {
            ulong line = (ulong)(i * options.Channels * options.LineSizeBytes);
            requests[i] = new MemoryRequest(
                new VirtualTime(1_000_000), new VcpuId(0), (uint)i, line, MemoryEventKind.Load);
        }

        VirtualDuration[] latencies = new VirtualDuration[count];
        dram.Weave(requests, latencies);
        return [.. latencies.Select(latency => latency.Picoseconds)];
    }
}
