using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What can't change its rates while it runs, or not so.</summary>
internal static class DilationSchedules
{
    public static void Check(JobNode at, int index, Job job, DiagnosticBag bag)
    {
        NodeJob node = job.Nodes[index];
        TdfSchedule tdf = Dilation.TdfOf(job, node);
        if (tdf.IsConstant)
        {
            return;
        }

        void Refuse(string why, string help) => bag.Error(
            DiagnosticCode.Inconsistent, at, $"nodes[{index}]: {why}", help);
        string? peer = node.Memory.Peer
            ?? node.Memory.Windows.Select(window => window.Peer ?? window.Name).FirstOrDefault();
        if (node.Engine == EngineChoice.Kvm && peer is not null)
        {
            Refuse(
                $"the TDF changes, and under kvm that is the rate of the cores whose windows the peer "
                    + $"'{peer}' times",
                "give one factor");
        }
        else if (node.Cores.Rates == RatesChoice.Physical && peer is not null)
        {
            Refuse(
                $"the TDF changes, and the peer '{peer}' can't change the clock of the cores that "
                    + "it times",
                "give one factor, or cores.rates: virtual");
        }
        else if (node.Memory.Dram.Rates == RatesChoice.Physical && peer is not null)
        {
            Refuse(
                $"the TDF changes, and DRAM can't change its rates beside the peer '{peer}'",
                "give one factor, or memory.dram.rates: virtual");
        }

        if (job.IsNetworkPhysical() && tdf.Steps.Any(step =>
            step.Factor.Numerator < step.Factor.Denominator))
        {
            Refuse(
                $"the TDF changes, and a physical network's can't be below 1 then, as in {tdf}",
                "give one factor, or make the links slower and the factors larger");
        }

        ulong weave = job.Time.Weave.Picoseconds;
        for (int i = 1; i < tdf.Steps.Count; i++)
        {
            if (EffectOf(tdf.Steps[i], weave) == EffectOf(tdf.Steps[i - 1], weave))
            {
                Refuse(
                    $"the TDF's steps at {tdf.Steps[i - 1].From} and {tdf.Steps[i].From} take effect "
                        + $"at the same multiple of time.weave, {job.Time.Weave}",
                    "leave one out, or make time.weave shorter");
            }
        }
    }

    /// <summary>A step takes effect at the first multiple of the weave interval that is not before
    /// it.</summary>
    public static VirtualTime EffectOf(TdfStep step, ulong weavePicoseconds) => new(checked(
        (step.From.Picoseconds / weavePicoseconds
            + (step.From.Picoseconds % weavePicoseconds == 0 ? 0UL : 1)) * weavePicoseconds));
}
