namespace Dilaton.Tests.Bench;

/// <summary>One run: CPU time and peak memory of the process and all it waited for.</summary>
/// <param name="Output">SHA-256 of standard output.</param>
/// <param name="Failure">Empty, or what went wrong.</param>
internal sealed record Sample(
    double CpuSeconds, double WallSeconds, long PeakKib, string Output, string Failure);
