using Dilaton.Core;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>Reads and checks what a job says of time dilation.</summary>
internal static class DilationReader
{
    private const ulong TermMax = 1_000_000;
    private const ulong FactorMax = 1_000;
    private const int StepsMax = 1_000;
    private const ulong HertzMin = 1_000;
    private const ulong HertzMax = 1_000_000_000_000; // A cycle of one picosecond.

    public static TdfSchedule? ReadTdf(MapReader map)
    {
        if (!map.IsList("tdf"))
        {
            Ratio? tdf = map.Optional<Ratio>("tdf", null, RatioText.TryParse);
            return tdf is { } factor && IsInRange(map, "tdf", factor)
                ? new TdfSchedule(factor)
                : null;
        }

        List<TdfStep> steps = [];
        foreach (MapReader item in map.Sections("tdf"))
        {
            Require(item, "from");
            Require(item, "factor");
            VirtualDuration from = item.Value<VirtualDuration>(
                "from", VirtualDuration.Zero, Quantity.TryParseDuration);
            Ratio factor = item.Value<Ratio>("factor", Ratio.One, RatioText.TryParse);
            item.Done();
            if (!IsInRange(item, "factor", factor))
            {
                return null;
            }

            bool isNext = steps.Count == 0
                ? from == VirtualDuration.Zero
                : from > steps[^1].From;
            if (!isNext)
            {
                item.Error(
                    DiagnosticCode.OutOfRange,
                    "from",
                    steps.Count == 0
                        ? $"the first step is at 0s, not at {from}"
                        : $"{from} is not after the step before, at {steps[^1].From}");
                return null;
            }

            steps.Add(new TdfStep(from, factor));
        }

        if (steps.Count is 0 or > StepsMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "tdf", $"{steps.Count} steps, not 1 to {StepsMax}");
            return null;
        }

        return new TdfSchedule(steps);
    }

    private static void Require(MapReader item, string key)
    {
        if (!item.Has(key))
        {
            item.Missing(key);
        }
    }

    /// <returns>Why it is no time dilation factor, or null.</returns>
    public static string? MistakeOf(Ratio factor) =>
        factor.Numerator is > 0 and <= TermMax && factor.Denominator <= TermMax
            && factor.Numerator <= factor.Denominator * FactorMax
            && factor.Denominator <= factor.Numerator * FactorMax
            ? null
            : $"{RatioText.Format(factor)} is out of range (1/1000 to 1000, as a quotient of whole "
                + "numbers up to 1000000)";

    private static bool IsInRange(MapReader map, string key, Ratio factor)
    {
        if (MistakeOf(factor) is { } mistake)
        {
            map.Error(DiagnosticCode.OutOfRange, key, mistake);
            return false;
        }

        return true;
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
            JobNode at = NodeAt(root, i);
            CheckMeaning(at, i, job, bag);
            foreach (TdfStep step in Dilation.TdfOf(job, job.Nodes[i]).Steps)
            {
                CheckRates(at, i, job, step.Factor, bag);
            }

            DilationSchedules.Check(at, i, job, bag);
        }
    }

    private static void CheckMeaning(JobNode at, int i, Job job, DiagnosticBag bag)
    {
        NodeJob node = job.Nodes[i];
        TdfSchedule tdf = Dilation.TdfOf(job, node);
        bool dilatesMemory = node.Memory.Dram.Rates == RatesChoice.Physical;
        bool dilatesNetwork = job.IsNetworkPhysical();
        if (dilatesNetwork && !tdf.Equals(job.Time.Tdf))
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"nodes[{i}].tdf: {tdf} is not the job's {job.Time.Tdf}: all nodes share one clock "
                    + "and one network, whose physical rates have one TDF",
                "give time.tdf alone, or network.rates: virtual");
        }

        if (!tdf.Equals(TdfSchedule.One) && node.Cores.Rates == RatesChoice.Virtual
            && node.Engine != EngineChoice.Kvm
            && !dilatesMemory && !dilatesNetwork)
        {
            bag.Error(
                DiagnosticCode.Inconsistent,
                at,
                $"nodes[{i}]: with a TDF of {tdf} nothing changes, for no resource is physical",
                "set cores.rates, memory.dram.rates or network.rates to physical, or leave tdf out");
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
    }

    private static void CheckRates(
        JobNode at, int i, Job job, Ratio tdf, DiagnosticBag bag)
    {
        NodeJob node = job.Nodes[i];
        if (job.IsNetworkPhysical()
            && node.Nic.Bandwidth is { BitsPerSecond: <= LinkOptions.BandwidthMax } own
            && Dilation.Rate(own, tdf) is { BitsPerSecond: < LinkOptions.BandwidthMin } met)
        {
            bag.Error(
                DiagnosticCode.OutOfRange,
                at,
                $"nodes[{i}].nic.bandwidth: the guest would meet {met}, which is below 1kbps");
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

    private static JobNode NodeAt(JobNode root, int index) =>
        (root as JobMap)?.Find("nodes")?.Value is JobList list && index < list.Items.Count
            ? list.Items[index]
            : root;
}
