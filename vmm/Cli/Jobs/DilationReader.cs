using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Reads and checks what a job says of time dilation.</summary>
internal static class DilationReader
{
    private const ulong TermMax = 1_000_000;
    private const ulong FactorMax = 1_000;
    private const ulong HertzMin = 1_000;
    private const ulong HertzMax = 1_000_000_000_000; // A cycle of one picosecond.

    public static Ratio? ReadTdf(MapReader map)
    {
        Ratio? tdf = map.Optional<Ratio>("tdf", null, RatioText.TryParse);
        if (tdf is { } factor && (factor.Numerator is 0 or > TermMax || factor.Denominator > TermMax
            || factor.Numerator > factor.Denominator * FactorMax
            || factor.Denominator > factor.Numerator * FactorMax))
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "tdf",
                $"{RatioText.Format(factor)} is out of range (1/1000 to 1000, as a quotient of whole "
                    + "numbers up to 1000000)");
            return null;
        }

        return tdf;
    }

    public static Ratio ReadShare(MapReader map)
    {
        Ratio share = map.Value<Ratio>("share", Ratio.One, RatioText.TryParse);
        if (share.Numerator == 0 || share.Numerator > share.Denominator
            || share.Denominator > TermMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "share",
                $"{RatioText.Format(share)} is out of range (above 0, at most 1)");
            return Ratio.One;
        }

        return share;
    }

    public static void CheckUse(JobNode root, Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Nodes.Count; i++)
        {
            NodeJob node = job.Nodes[i];
            JobNode at = NodeAt(root, i);
            Ratio tdf = Dilation.TdfOf(job, node);
            bool dilatesMemory = node.Memory.Dram.Rates == RatesChoice.Physical;
            bool dilatesNetwork = job.IsNetworkPhysical();
            if (dilatesNetwork && tdf != job.Time.Tdf)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}].tdf: {RatioText.Format(tdf)} is not the job's "
                        + $"{RatioText.Format(job.Time.Tdf)}: all nodes share one clock and one "
                        + "network, whose physical rates have one TDF",
                    "give time.tdf alone, or network.rates: virtual");
            }

            if (dilatesNetwork && node.Nic.Bandwidth is { BitsPerSecond: <= LinkOptions.BandwidthMax } own
                && Dilation.Rate(own, tdf) is { BitsPerSecond: < LinkOptions.BandwidthMin } met)
            {
                bag.Error(
                    DiagnosticCode.OutOfRange,
                    at,
                    $"nodes[{i}].nic.bandwidth: the guest would meet {met}, which is below 1kbps");
            }

            if (tdf != Ratio.One && node.Cores.Rates == RatesChoice.Virtual
                && !dilatesMemory && !dilatesNetwork)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}]: with a TDF of {RatioText.Format(tdf)} nothing changes, for no "
                        + "resource is physical",
                    "set cores.rates, memory.dram.rates or network.rates to physical, or leave tdf "
                        + "out");
            }

            if (dilatesMemory && node.Memory.Peer is { } peer)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    at,
                    $"nodes[{i}].memory.dram.rates: the memory is that of the peer '{peer}', "
                        + "whose rates are its own",
                    "leave rates out, and dilate the peer's parameters");
            }

            Frequency clock = Dilation.Clock(node.Cores, tdf);
            if (clock.Hertz is < HertzMin or > HertzMax)
            {
                bag.Error(
                    DiagnosticCode.OutOfRange,
                    at,
                    $"nodes[{i}].cores: the guest would meet a clock of {clock}, which is out of range "
                        + "(1kHz to 1000GHz)");
            }
        }
    }

    private static JobNode NodeAt(JobNode root, int index) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList list && index < list.Items.Count
            ? list.Items[index]
            : root;
}
