using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Level sampled with an engine that counts instructions. Counts are of instructions per vCPU,
/// which the node's vCPUs retire together. docs/time.md, 14.</summary>
public sealed record SamplingOptions
{
    public const ulong PeriodMax = 1_000_000_000_000;
    public const ulong InstructionsMax = 1_000_000_000;

    /// <summary>Timed before the first period: a program's start is like nothing else of it.</summary>
    public required ulong OpeningInstructions { get; init; }

    /// <summary>One window is drawn in each; a multiple of <see cref="WindowInstructions"/>.</summary>
    public required ulong PeriodInstructions { get; init; }

    public required ulong WindowInstructions { get; init; }

    /// <summary>Timed before each window, as far as the one before leaves room.</summary>
    public required ulong WarmupInstructions { get; init; }

    /// <summary>Of the lots.</summary>
    public required ulong Seed { get; init; }

    /// <summary>What caches see between windows: nothing with <see cref="MemoryEventLevel.Off"/>, else all
    /// that they need to be as warm as in a whole run.</summary>
    public required MemoryEventLevel FastForward { get; init; }

    /// <summary>As <see cref="DetailOptions.Quantile"/>.</summary>
    public required Func<int, double> Quantile { get; init; }

    /// <exception cref="ConfigException">A value, or a pair of values, makes no sense.</exception>
    public void Validate()
    {
        Check(WindowInstructions is >= 1 and <= InstructionsMax,
            "window", $"must be 1 to {InstructionsMax} instructions");
        Check(OpeningInstructions <= InstructionsMax, "opening", $"must be 0 to {InstructionsMax} instructions");
        Check(WarmupInstructions <= InstructionsMax, "warmup", $"must be 0 to {InstructionsMax} instructions");
        Check(PeriodInstructions <= PeriodMax && PeriodInstructions >= WindowInstructions
            && PeriodInstructions % WindowInstructions == 0,
            "period", $"must be a multiple of the window's {WindowInstructions} instructions, {PeriodMax} at most");
        Check(FastForward is MemoryEventLevel.Off or MemoryEventLevel.Filtered or MemoryEventLevel.Full,
            "warming", $"{FastForward} is no level between windows");
    }

    private static void Check(bool ok, string key, string why)
    {
        if (!ok)
        {
            throw new ConfigException($"events.sampling.{key}", why);
        }
    }
}
