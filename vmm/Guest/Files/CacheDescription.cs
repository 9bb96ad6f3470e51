namespace Dilaton.Guest;

/// <summary>One cache as <c>/sys/devices/system/cpu/cpuN/cache/indexM</c> describes it.</summary>
/// <param name="SharedVcpuCount">How many neighbouring vCPUs share it.</param>
public sealed record CacheDescription(
    int Level,
    CacheContent Content,
    ulong SizeBytes,
    uint Ways,
    uint LineBytes,
    int SharedVcpuCount);
