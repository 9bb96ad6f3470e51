using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>From what was measured to what is expected; knows no figure of its own.
/// <code>
/// host time of the slowest node = worker's processor time + its waits for peers + the rest
///   processor time = translator + memory model (against a run with events off)
///   rest           = the front's processor time (network) + rounds, or waiting for processors
/// </code></summary>
internal static class Planner
{
    public const string Translator = "translator";
    public const string MemoryModel = "memory model";
    public const string Peer = "peer";
    public const string Network = "network";
    public const string Synchronisation = "synchronisation";
    public const string Processors = "processors";

    /// <summary>Above this use of all processors who waits is taken to wait for one.</summary>
    private const double BusyShare = 0.9;

    /// <returns>Null if no virtual time passed in any node: nothing can be said.</returns>
    public static RunPlan? Make(PlanMeasurement measured)
    {
        // What runs on decides; when all have ended, all do.
        IReadOnlyList<PlanNode> counted = measured.Nodes.Any(node => !node.HasEnded)
            ? [.. measured.Nodes.Where(node => !node.HasEnded)]
            : measured.Nodes;
        PlanNode slowest = SlowestOf(measured, counted);
        if (slowest.Whole is not { HostSeconds: > 0, VirtualSeconds: > 0 })
        {
            return null;
        }

        double slowdown = slowest.Whole.Slowdown;
        double max = slowdown;
        double? spread = null;
        if (slowest is { First: { VirtualSeconds: > 0 } first, Second: { VirtualSeconds: > 0 } second })
        {
            max = Math.Max(first.Slowdown, second.Slowdown);
            spread = Math.Abs(first.Slowdown - second.Slowdown)
                / ((first.Slowdown + second.Slowdown) / 2);
        }

        double use = ProcessorUse(measured);
        IReadOnlyList<PlanShare> shares = Shares(measured, slowest.Whole, use);
        (double? tdf, string why) = SmallestTdf(measured, max);
        return new RunPlan
        {
            Basis = measured,
            Slowest = slowest,
            Slowdown = slowdown,
            SlowdownMax = max,
            Spread = spread,
            Shares = shares,
            Binding = shares.MaxBy(share => share.Part)!,
            ProcessorUse = use,
            SmallestTdf = tdf,
            TdfReason = why,
        };
    }

    /// <summary>Of all workers, each once.</summary>
    public static double CpuSeconds(IReadOnlyList<PlanNode> nodes) =>
        nodes.GroupBy(node => node.Worker).Sum(its => its.Max(node => node.Whole.CpuSeconds));

    /// <summary>Nodes of a network go through the same time together: the busiest one decides.
    /// </summary>
    public static PlanNode SlowestOf(PlanMeasurement measured, IReadOnlyList<PlanNode> nodes) =>
        nodes.MaxBy(node => measured.HasNetwork
            ? node.Whole.CpuSeconds
            : node.Whole.HostSeconds > 0 ? node.Whole.Slowdown : 0)!;

    /// <summary>Of the time of the node that was measured longest.</summary>
    private static double ProcessorUse(PlanMeasurement measured)
    {
        PlanSpan longest = measured.Nodes.MaxBy(node => node.Whole.HostSeconds)!.Whole;
        double busy = CpuSeconds(measured.Nodes)
            + (measured.HasNetwork ? longest.FrontCpuSeconds : 0);
        return Math.Min(1, busy / (longest.HostSeconds * measured.HostProcessors));
    }

    private static List<PlanShare> Shares(
        PlanMeasurement measured, in PlanSpan span, double use)
    {
        double host = span.HostSeconds;
        double peer = Math.Min(span.PeerWaitSeconds, host);
        double cpu = Math.Min(span.CpuSeconds, host - peer);
        double rest = host - peer - cpu;
        double memory = measured is
            { CpuPerInstructionWithoutMemory: { } bare, CpuPerInstruction: { } all }
            ? cpu * Math.Clamp(1 - (bare / all), 0, 1)
            : 0;
        bool isCrowded = use >= BusyShare || !measured.HasNetwork;
        double network = measured.HasNetwork ? Math.Min(span.FrontCpuSeconds, rest) : 0;
        double waiting = rest - network;
        return
        [
            new(Translator, (cpu - memory) / host,
                measured.CpuPerInstructionWithoutMemory is null
                    ? "guest code, its kernel and its memory, one host thread a node"
                    : "guest code and its kernel, one host thread a node"),
            new(MemoryModel, memory / host,
                measured.CpuPerInstructionWithoutMemory is null
                    ? "not measured apart"
                    : "caches and memory: what a run with events off did not need"),
            new(Peer, peer / host, "waiting for simulators that time memory or devices"),
            new(Network, network / host, "frames and their coordinator, in the front process"),
            new(Synchronisation, (isCrowded ? 0 : waiting) / host,
                "rounds: waiting for grants and other nodes"),
            new(Processors, (isCrowded ? waiting : 0) / host,
                "waiting for a processor of the host, and what is none of these"),
        ];
    }

    private static (double? Tdf, string Why) SmallestTdf(PlanMeasurement measured, double slowdown)
    {
        double now = (double)measured.Tdf.Numerator / measured.Tdf.Denominator;
        if (!measured.HasPhysicalCores)
        {
            return (
                Math.Max(Math.Ceiling(slowdown * 10) / 10, 0.1),
                "cores are virtual: the slowdown does not depend on the TDF"
                    + (measured.HasPhysicalNetwork
                        ? ", but for the frames, up to TDF times as many a second"
                        : ""));
        }

        return slowdown <= now
            ? (0.1, "cores are physical: slowdown and TDF grow together, and the host keeps up")
            : (null, "cores are physical: slowdown and TDF grow together, and the host does not "
                + "keep up");
    }
}
