using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A plan for people.</summary>
internal static class PlanText
{
    public static string Of(RunPlan plan, string name)
    {
        StringBuilder text = new();
        PlanMeasurement basis = plan.Basis;
        PlanSpan whole = plan.Slowest.Whole;
        Line(text, $"plan for '{name}': {Nodes(basis.Nodes.Count)}, measured for "
            + $"{whole.HostSeconds:0.0##} s of host time, {Virtual(whole.VirtualSeconds)} of virtual time");
        text.Append('\n');
        Line(text, $"  slowdown          {Number(plan.Slowdown),10}   # host time / virtual time{Halves(plan)}");
        Line(text, $"  speed             {Number(whole.Instructions / whole.HostSeconds / 1e6),10} MIPS");
        Line(text, $"  limited by        {plan.Binding.Resource,10}   # {Percent(plan.Binding.Part)} of the host time"
            + (basis.Nodes.Count > 1 ? $" of the slowest node, {plan.Slowest.Name}" : ""));
        foreach (PlanShare share in plan.Shares)
        {
            Line(text, $"    {share.Resource,-16}{Percent(share.Part),10}   # {share.What}");
        }

        Line(text, $"  processors busy   {Percent(plan.ProcessorUse),10}   # of {basis.HostProcessors}");
        if (basis.HasNetwork)
        {
            double time = basis.NetworkVirtualSeconds;
            Line(text, $"  frames            {Number(basis.Frames / time),10}   # a virtual second");
            Line(text, $"  rounds            {Number(basis.Rounds / time),10}   # a virtual second");
        }

        Memory(text, basis, plan.HasRoom);
        Line(text, plan.SmallestTdf is { } tdf
            ? $"  keeps up at a TDF of {Number(tdf),7}   # and above: slowdown <= TDF; {plan.TdfReason}"
            : $"  keeps up at       {"no TDF",10}   # {plan.TdfReason}");
        text.Append('\n');
        Line(text, plan.IsWhole
            ? "  basis: all guests came to their end: the figures are of the whole job, on this host"
            : "  basis: the beginning of the job's own guests, on this host, now; later phases may differ");
        foreach (string failed in basis.FailedGuests)
        {
            Line(text, $"  failed: {failed}");
        }

        return text.ToString();
    }

    private static void Memory(StringBuilder text, PlanMeasurement basis, bool hasRoom)
    {
        string host = basis.HostBytes == 0
            ? "the host does not tell what it has"
            : $"the host has {Size(basis.HostBytes)}, {Size(basis.FreeBytes)} free"
                + (hasRoom ? "" : ": less than the guests may use");
        string needed = $"{Size(basis.NeededBytes),10}";
        Line(text, $"  memory, at most   {needed}   # guests' memory.size and workers; {host}");
        Line(text, $"  memory, measured  {Size(basis.UsedBytes),10}");
    }

    private static string Halves(RunPlan plan) =>
        plan is { Spread: { } spread, Slowest: { First: { } first, Second: { } second } }
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; halves {Number(first.Slowdown)} and {Number(second.Slowdown)}, "
                    + $"{spread * 100:0.#} % apart")
            : "; too short for an uncertainty";

    private static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static string Nodes(int count) => count == 1 ? "1 node" : $"{count} nodes";

    private static string Number(double value) => value >= 1000
        ? value.ToString("#,##0", CultureInfo.InvariantCulture)
        : value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Percent(double part) =>
        (part * 100).ToString("0.0", CultureInfo.InvariantCulture) + " %";

    private static string Virtual(double seconds) => seconds switch
    {
        >= 1 => $"{Number(seconds)} s",
        >= 1e-3 => $"{Number(seconds * 1e3)} ms",
        _ => $"{Number(seconds * 1e6)} us",
    };

    private static string Size(ulong bytes) => bytes >= 10UL << 30
        ? $"{bytes >> 30} GiB"
        : $"{bytes >> 20} MiB";
}
