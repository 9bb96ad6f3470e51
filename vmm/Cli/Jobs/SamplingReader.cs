using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads events.sampling and events.writtenPages.</summary>
internal static class SamplingReader
{
    /// <param name="map">Of events.</param>
    /// <returns>Null unless there is something to sample.</returns>
    public static SamplingJob? Read(MapReader map, EventsJob events)
    {
        bool isGiven = map.Take("sampling") is not (null or JobScalar { IsNull: true });
        if (events.Level != MemoryEventLevel.Sampled)
        {
            if (isGiven)
            {
                map.Error(
                    DiagnosticCode.Inconsistent,
                    "sampling",
                    $"'{JobChoices.Level.WordOf(events.Level)}' has no windows of instructions",
                    "set events.level to sampled, or leave it out");
            }

            return null;
        }

        if (events.RegionMarks == RegionMarks.Switch)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "regionMarks",
                "windows of instructions are not switched by marks",
                "give regionMarks: statistics, which leaves out what is not between them");
        }

        return ReadKeys(map.Section("sampling"));
    }

    /// <param name="map">Of events.</param>
    public static VirtualDuration? ReadWrittenPages(MapReader map)
    {
        VirtualDuration? interval = map.Optional<VirtualDuration>(
            "writtenPages", null, Quantity.TryParseDuration);
        if (interval is { } given
            && (given < SamplingJob.WrittenPagesMin || given > SamplingJob.EveryMax))
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "writtenPages",
                $"{given} is out of range ({SamplingJob.WrittenPagesMin} to {SamplingJob.EveryMax})");
        }

        return interval;
    }

    private static SamplingJob ReadKeys(MapReader map)
    {
        SamplingJob standard = new();
        SamplingJob sampling = new()
        {
            Every = map.Value<VirtualDuration>("every", standard.Every, Quantity.TryParseDuration),
            Window = (int)map.Integer("window", standard.Window, 1, DetailPlan.InstructionsMax),
            Warmup = (int)map.Integer("warmup", standard.Warmup, 0, DetailPlan.InstructionsMax),
        };
        if (sampling.Every < SamplingJob.EveryMin || sampling.Every > SamplingJob.EveryMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "every",
                $"{sampling.Every} is out of range ({SamplingJob.EveryMin} to {SamplingJob.EveryMax})");
        }

        if (sampling.Window + sampling.Warmup > DetailPlan.InstructionsMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "warmup",
                $"{sampling.Warmup} and {sampling.Window} of the window are more than "
                    + $"{DetailPlan.InstructionsMax}, during which nothing can interrupt the guest");
        }

        map.Done();
        return sampling;
    }
}
