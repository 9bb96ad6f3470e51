using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Kvm;

/// <summary>How a node's KVM engine is made.</summary>
public sealed record KvmEngineOptions
{
    /// <summary>Guest processors; vCPU i has id i.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>Where the guest's memory lies, in this process and in the guest.</summary>
    public AddressWindow Window { get; init; }

    /// <summary>Cache line size that CPUID shows.</summary>
    public int LineSizeBytes { get; init; } = 64;

    /// <summary>Caches that CPUID describes, in the order of its subleaves.</summary>
    public IReadOnlyList<CpuidCache> Caches { get; init; } = CpuidCache.Typical;

    /// <summary>Detail windows; null: none.</summary>
    public DetailPlan? Details { get; init; }

    /// <summary>Run time after which the pages that were written in it are counted; null: never.</summary>
    public long? WrittenPagesNanoseconds { get; init; }

    /// <summary>What a probe of this host found.</summary>
    public required KvmReport Host { get; init; }

    /// <exception cref="ConfigException">An option makes no sense, or this host can't run the
    /// engine.</exception>
    public void Validate()
    {
        Check(
            VcpuCount is >= 1 and <= SupervisorLayout.VcpuCountMax,
            "cores.count",
            $"must be 1 to {SupervisorLayout.VcpuCountMax} with engine: kvm");
        Check(
            Host.CanRunPrograms,
            "engine",
            $"kvm can't run programs on this host: {Host.Reason} (dilaton doctor says more)");
        foreach (CpuidCache cache in Caches)
        {
            cache.Validate();
        }
    }

    private static void Check(bool valid, string key, string why)
    {
        if (!valid)
        {
            throw new ConfigException(key, why);
        }
    }
}
