namespace Dilaton.Cli;

/// <summary>What `calibrate` found.</summary>
internal sealed record CalibrationResult
{
    public required HostSamples Samples { get; init; }

    public required FittedMachine Machine { get; init; }

    /// <summary>Of the programs that the CPI was fitted to.</summary>
    public required IReadOnlyList<ProgramError> Fitted { get; init; }

    /// <summary>Of those that nothing was fitted to.</summary>
    public required IReadOnlyList<ProgramError> HeldOut { get; init; }

    /// <summary>Mean size of the errors of the programs that nothing was fitted to.</summary>
    public double MeanError => HeldOut.Average(program => Math.Abs(program.Error));

    /// <summary>Between the quartiles of each measurement's and program's repeats, as a part of their median.
    /// </summary>
    public IReadOnlyList<double> Spreads =>
        [.. Samples.Spreads, .. Fitted.Concat(HeldOut).Select(program => program.Spread)];
}
