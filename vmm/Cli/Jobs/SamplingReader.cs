using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads events.sampling and events.writtenPages.</summary>
internal static class SamplingReader
{
    private const long PeriodMax = 1_000_000_000_000;
    private const int CountedMax = 1_000_000_000;

    /// <param name="map">Of events.</param>
    /// <param name="isMeasured">The engine is KVM, which counts no instructions.</param>
    /// <returns>Null unless there is something to sample.</returns>
    public static SamplingJob? Read(MapReader map, EventsJob events, bool isMeasured)
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

        if (isMeasured && events.RegionMarks == RegionMarks.Switch)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "regionMarks",
                "windows of instructions are not switched by marks",
                "give regionMarks: statistics, which leaves out what is not between them");
        }

        return ReadKeys(map.Section("sampling"), isMeasured);
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

    private static SamplingJob ReadKeys(MapReader map, bool isMeasured)
    {
        SamplingJob standard = new();
        foreach (string key in isMeasured ? (string[])["period", "warming"] : ["every"])
        {
            if (map.Has(key))
            {
                map.Error(
                    DiagnosticCode.SamplingKey,
                    key,
                    isMeasured
                        ? "kvm counts no instructions, and draws windows in run time"
                        : "the translator counts instructions, and draws windows among them",
                    isMeasured ? "give every, or engine: translator" : "give period, or engine: kvm");
            }
        }

        int countMax = isMeasured ? DetailPlan.InstructionsMax : CountedMax;
        SamplingJob sampling = new()
        {
            Every = map.Value<VirtualDuration>("every", standard.Every, Quantity.TryParseDuration),
            Period = map.Integer("period", standard.Period, 1, PeriodMax),
            Window = (int)map.Integer("window", standard.Window, 1, countMax),
            Warmup = (int)map.Integer("warmup", standard.Warmup, 0, countMax),
            Warming = map.Word("warming", standard.Warming, JobChoices.Warming),
        };
        CheckLengths(map, sampling, isMeasured, countMax);
        map.Done();
        return sampling;
    }

    private static void CheckLengths(MapReader map, SamplingJob sampling, bool isMeasured, int countMax)
    {
        if (sampling.Every < SamplingJob.EveryMin || sampling.Every > SamplingJob.EveryMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "every",
                $"{sampling.Every} is out of range ({SamplingJob.EveryMin} to {SamplingJob.EveryMax})");
        }

        if ((long)sampling.Window + sampling.Warmup > countMax)
        {
            map.Error(
                DiagnosticCode.OutOfRange,
                "warmup",
                $"{sampling.Warmup} and {sampling.Window} of the window are more than {countMax}"
                    + (isMeasured ? ", during which nothing can interrupt the guest" : ""));
        }

        if (!isMeasured && sampling.Period % sampling.Window != 0)
        {
            map.Error(
                DiagnosticCode.SamplingPeriod,
                "period",
                $"{sampling.Period} instructions are no multiple of the window's {sampling.Window}",
                "windows are drawn among whole ones: give such as "
                    + $"{Math.Max(1, sampling.Period / sampling.Window) * sampling.Window}");
        }
    }
}
