using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The emulated machine as its <c>/proc</c> and <c>/sys</c> describe it.</summary>
public sealed record MachineDescription
{
    public required int VcpuCount { get; init; }

    public required Frequency Frequency { get; init; }

    /// <summary>One per vCPU, of cores that are not alike; else empty.</summary>
    public IReadOnlyList<Frequency> Clocks { get; init; } = [];

    public required ulong MemoryBytes { get; init; }

    /// <summary>Innermost first; empty if the machine has none.</summary>
    public required IReadOnlyList<CacheDescription> Caches { get; init; }

    public Frequency ClockOf(int vcpu) => Clocks.Count > 0 ? Clocks[vcpu] : Frequency;

    /// <summary>One per vCPU, of cores whose caches are not alike; else empty.</summary>
    public IReadOnlyList<IReadOnlyList<CacheDescription>> OwnCaches { get; init; } = [];

    public IReadOnlyList<CacheDescription> CachesOf(int vcpu) => OwnCaches.Count > 0 ? OwnCaches[vcpu] : Caches;

    /// <summary>Refuses what a real machine's tables could not say.</summary>
    /// <exception cref="ConfigException">A value is out of range.</exception>
    public void Validate(string key)
    {
        const int VcpuCountMax = 4096;
        if (VcpuCount is < 1 or > VcpuCountMax)
        {
            throw new ConfigException($"{key}.vcpus", $"{VcpuCount} is not 1 to {VcpuCountMax}");
        }

        if (Clocks.Count > 0 && Clocks.Count != VcpuCount)
        {
            throw new ConfigException($"{key}.clocks", $"{Clocks.Count} clocks of {VcpuCount} vCPUs");
        }

        if (MemoryBytes < 1 << 20)
        {
            throw new ConfigException($"{key}.memory", $"{MemoryBytes} is below 1MiB");
        }

        if (OwnCaches.Count > 0 && OwnCaches.Count != VcpuCount)
        {
            throw new ConfigException($"{key}.caches", $"caches of {OwnCaches.Count} of {VcpuCount} vCPUs");
        }

        foreach (CacheDescription cache in Caches.Concat(OwnCaches.SelectMany(own => own)))
        {
            if (cache.Ways == 0 || cache.LineBytes == 0 || cache.SharedVcpuCount < 1
                || cache.SizeBytes % ((ulong)cache.Ways * cache.LineBytes) != 0)
            {
                throw new ConfigException(
                    $"{key}.caches", $"level {cache.Level} is not whole sets of lines");
            }
        }
    }
}
