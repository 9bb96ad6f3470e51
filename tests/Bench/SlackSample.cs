namespace Dilaton.Tests.Bench;

/// <summary>One run with slack.</summary>
/// <param name="LateShare">Late frames of all that were delivered.</param>
/// <param name="LatestPs">Of the latest frame.</param>
/// <param name="CompletionNs">Virtual time, as the program measured it.</param>
/// <param name="EndPs">Virtual time at which the last node ended.</param>
internal sealed record SlackSample(
    double CpuSeconds,
    double Rounds,
    double LateShare,
    double LatestPs,
    double CompletionNs,
    double EndPs);
