namespace Dilaton.Core;

/// <summary>What a block of a detail window holds, beside its records.</summary>
/// <param name="IsMeasured">False: warm-up, which changes caches and counts for nothing.</param>
/// <param name="Instructions">Executed; a repeated string instruction is one.</param>
/// <param name="Units">Their cost by <see cref="CoreCost"/>, without misses.</param>
/// <param name="Unseen">Instructions among them whose accesses are not among the records.</param>
public readonly record struct DetailCount(
    bool IsMeasured, ulong Instructions, ulong Units, ulong Unseen);
