namespace Dilaton.Core;

/// <summary>What a hierarchy has counted of demand misses (loads, stores, fetches), by level.</summary>
public interface IMissCounts
{
    /// <summary>Such as <c>l1dLoadMisses</c>; levels that are there, from the core outward.</summary>
    IReadOnlyList<string> MissNames { get; }

    /// <summary>On behalf of one vCPU, in the order of <see cref="MissNames"/>. HOT: per miss, for who
    /// asks.</summary>
    void ReadMisses(VcpuId vcpu, Span<ulong> counts);
}
