namespace Dilaton.Machine;

/// <summary>An instant by the host, in nanoseconds.</summary>
/// <param name="Steady">By its steady clock.</param>
/// <param name="Ran">For which a machine ran until then, and was not held.</param>
internal readonly record struct HostInstant(long Steady, long Ran);
