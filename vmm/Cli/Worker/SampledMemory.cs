using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>The caches and the memory that a node's detail windows go through (events.level: sampled).
/// </summary>
internal sealed class SampledMemory
{
    /// <summary>So that lots have nothing to do with what else the seed decides.</summary>
    public const ulong LotSeed = 0x5A3D_91C7_0B64_E82F;

    private SampledMemory(DetailPlan plan, DetailWindows windows)
    {
        Plan = plan;
        Windows = windows;
    }

    public DetailPlan Plan { get; }

    public DetailWindows Windows { get; }

    public static SampledMemory Create(
        SamplingJob sampling, long seed, NodeJob node, NodePlace place, ICacheHierarchy hierarchy)
    {
        CoreCost cost = new(node.Cores.Model.Cpi, Math.Max(1, hierarchy.LoadHitCycles) - 1);
        DetailOptions options = new()
        {
            Frequency = node.Cores.Frequency,
            Cost = cost,
            StoreBufferEntries = node.Cores.Model.StoreBuffer,
            Quantile = Student.Quantile,
        };
        DetailPlan plan = new()
        {
            EveryNanoseconds = (long)(sampling.Every.Picoseconds / 1_000),
            WindowInstructions = sampling.Window,
            WarmupInstructions = sampling.Warmup,
            Seed = NodeSeed.Of(seed, place.Index) ^ LotSeed,
            LineSizeBytes = hierarchy.LineSizeBytes,
            Cost = cost,
        };
        ITimingModel dram = DramMapping.Create($"{place.Path}.memory", node.Memory, node.Cores.Count);
        return new SampledMemory(plan, new DetailWindows(node.Cores.Count, options, hierarchy, dram));
    }
}
