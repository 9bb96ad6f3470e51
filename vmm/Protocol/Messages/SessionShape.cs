namespace Dilaton.Protocol;

/// <summary>What both ends agreed on in Hello and Welcome, as far as it decides how messages are
/// read.</summary>
public sealed record SessionShape
{
    public required int VcpuCount { get; init; }

    /// <summary>A power of two.</summary>
    public required uint LineSizeBytes { get; init; }

    /// <summary>Per vCPU.</summary>
    public required IReadOnlyList<int> StoreBufferEntries { get; init; }

    /// <summary>With the issue set `interval`, of every vCPU; null: `inorder`.</summary>
    public IntervalShape? Interval { get; init; }

    public static SessionShape Uniform(int vcpus, uint lineSizeBytes, int storeBufferEntries) =>
        new()
        {
            VcpuCount = vcpus,
            LineSizeBytes = lineSizeBytes,
            StoreBufferEntries = [.. Enumerable.Repeat(storeBufferEntries, vcpus)],
        };
}
