namespace Dilaton.Models.Memory;

/// <summary>Where a line that was not in L1 came from.</summary>
/// <param name="Cycles">Latency as of <see cref="Core.CacheMiss.Cycles"/>.</param>
/// <param name="IsAwaited">See <see cref="Core.CacheMiss.AwaitsPrefetch"/>.</param>
/// <param name="TrainsSecond">The prefetcher of L2 is to learn of it, once L1 has the line.</param>
internal readonly record struct LineSource(
    uint Cycles, bool BehindCut, bool IsAwaited, bool TrainsSecond);
