using Dilaton.Core;
using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>From events.sampling to the session of a translator's node.</summary>
internal static class SamplingMapping
{
    /// <summary>Instructions of each core. A start takes some ten thousand.</summary>
    private const long OpeningMax = 100_000;

    /// <param name="options">As the rest of the job has them.</param>
    /// <param name="job">With one node.</param>
    /// <param name="index">The node's number in the whole job.</param>
    public static NodeSessionOptions Apply(NodeSessionOptions options, Job job, int index)
    {
        NodeJob node = job.Nodes[0];
        if (!job.Events.SamplesInTime(node))
        {
            return options;
        }

        SamplingJob sampling = job.Events.Sampling!;
        return options with
        {
            Events = MemoryEventLevel.Off,
            RegionEvents = job.Events.RegionMarks == RegionMarks.Switch ? MemoryEventLevel.Sampled : null,
            Sampling = new SamplingOptions
            {
                OpeningInstructions = (ulong)Math.Min(sampling.Period, OpeningMax),
                PeriodInstructions = (ulong)sampling.Period,
                WindowInstructions = (ulong)sampling.Window,
                WarmupInstructions = (ulong)sampling.Warmup,
                Seed = NodeSeed.Of(job.Seed, index) ^ SampledMemory.LotSeed,
                FastForward = Between(sampling.Warming, node.Memory),
                Quantile = Student.Quantile,
            },
        };
    }

    /// <summary>Functional warming leaves out hits where no policy needs to see them.</summary>
    private static MemoryEventLevel Between(SampleWarming warming, MemoryJob memory) =>
        warming == SampleWarming.Detailed ? MemoryEventLevel.Off
        : JobMapping.Hierarchy(memory).FilterProblem() is null ? MemoryEventLevel.Filtered
        : MemoryEventLevel.Full;
}
