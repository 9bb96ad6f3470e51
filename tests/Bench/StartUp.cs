namespace Dilaton.Tests.Bench;

/// <summary>hello in a mode: medians.</summary>
internal sealed record StartUp(string Mode, double CpuSeconds, double WallSeconds, long PeakKib);
