namespace Dilaton.Cli;

/// <summary>What the micro-benchmarks said of a host, each the median of its repeats.</summary>
internal sealed record HostSamples
{
    /// <summary>Additions in a chain, and nanoseconds.</summary>
    public required IReadOnlyList<FitPoint> Additions { get; init; }

    /// <summary>Bytes of a ring, and nanoseconds of a load.</summary>
    public required IReadOnlyList<FitPoint> Chases { get; init; }

    /// <summary>Chases at once, and nanoseconds of a load.</summary>
    public required IReadOnlyList<FitPoint> Overlaps { get; init; }

    /// <summary>Nanoseconds of a line of a stream of reads.</summary>
    public required double StreamLine { get; init; }

    /// <summary>Nanoseconds of one of many instructions that wait for nothing.</summary>
    public required double FreeInstruction { get; init; }

    /// <summary>Nanoseconds of an instruction that waits for the one before, by its class; and of a mispredicted
    /// branch.</summary>
    public required IReadOnlyList<(string Class, double Nanoseconds)> Others { get; init; }

    /// <summary>Distance between the quartiles of each measurement's repeats, as a part of their median.</summary>
    public required IReadOnlyList<double> Spreads { get; init; }
}
