using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>Law 6: what STREAM's triad draws from memories with banks, as cores that overlap misses
/// would ask for it.</summary>
internal static class StreamLaw
{
    private const double LeastShare = 0.65;
    private const double LargestShare = 0.80;
    private const int Cores = 8;
    private const int ReadsInFlight = 16;

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        ulong requests = bench.IsQuick ? 40_000UL : 100_000;
        foreach (DramPreset preset in DramPresets.All)
        {
            bench.Tell($"law 6: STREAM against {preset.Name}");
            bench.ThrowIfStopped();
            BankedDramOptions one = preset.Options;
            double single = Share(bench, one, Cores, requests);
            if (preset == DramPresets.Hbm2)
            {
                // Its eight channels need more than these cores ask for: under the wire rate only.
                yield return LawCheck.Within(
                    $"{preset.Name}: share of the wire rate", "%", 100 * single, 50, 50);
                continue;
            }

            yield return LawCheck.Within(
                $"{preset.Name}: share of the wire rate", "%", 100 * single,
                50 * (LeastShare + LargestShare), 50 * (LargestShare - LeastShare));

            // Twice the channels for twice the cores.
            double doubled = Share(
                bench, one with { Channels = 2 * one.Channels }, 2 * Cores, 2 * requests);
            yield return LawCheck.Near(
                $"{preset.Name}: twice the channels and cores carry", "times",
                2 * doubled / single, 2, 0.1);
        }
    }

    private static double Share(LawBench bench, BankedDramOptions options, int cores, ulong requests)
    {
        StreamTraffic traffic = new(bench.Subject.BankedMemory(options), cores, ReadsInFlight);
        (ulong lines, ulong picoseconds) = traffic.Run(requests);
        double wire = (double)options.WireBitsPerSecond / 8e12;
        return lines * (double)StreamTraffic.LineBytes / picoseconds / wire;
    }
}
