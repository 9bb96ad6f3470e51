namespace Dilaton.Models.Memory;

/// <summary>A vCPU's own caches, where a node's differ: they may in size and ways alone.</summary>
/// <param name="L2">Of a shared L2: that one.</param>
public sealed record PrivateCaches(CacheOptions? L1I, CacheOptions L1D, CacheOptions? L2);
