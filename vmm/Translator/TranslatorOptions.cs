using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Translator;

/// <summary>How a node's translator engine is made.</summary>
public sealed record TranslatorOptions
{
    private const int CodeCacheMin = 1 << 20;
    private const int CodeCacheMax = 128 << 20;

    /// <summary>Guest processors; vCPU i has id i.</summary>
    public required int VcpuCount { get; init; }

    /// <summary>Most guest instructions in one translation block, 1 to 128; changes speed only.
    /// </summary>
    public int BlockInstructionsMax { get; init; } = 128;

    /// <summary>Calls are followed into their target and returns checked; changes speed only.
    /// </summary>
    public bool InlineCalls { get; init; } = true;

    /// <summary>Cache line size of the emulated machine; 64 is the only one so far.</summary>
    public int LineSizeBytes { get; init; } = 64;

    /// <summary>Room for translations; when it is full, all are dropped and made anew.</summary>
    public int CodeCacheBytes { get; init; } = 32 << 20;

    /// <summary>Where the guest's code lies, and so the engine's: several engines may have one
    /// window as well, each then takes the lowest free place.</summary>
    public AddressWindow Window { get; init; }

    /// <summary>Groups of the data filter, a power of two up to 64: at most the sets of L1D.
    /// </summary>
    public int DataFilterGroups { get; init; } = 64;

    /// <summary>Groups of the fetch filter, a power of two up to 64: at most the sets of L1I.
    /// </summary>
    public int FetchFilterGroups { get; init; } = 64;

    /// <summary>Caches that CPUID describes, in the order of its subleaves.</summary>
    public IReadOnlyList<CpuidCache> Caches { get; init; } = CpuidCache.Typical;

    /// <summary>Looks between instructions; null: nobody does. Changes speed only.</summary>
    public IInstructionWatch? Watch { get; init; }

    /// <summary>Is told where in the code instructions run and accesses are made; null: nobody is.
    /// Changes speed only.</summary>
    public ICodeProfile? Profile { get; init; }

    internal void Validate()
    {
        Check(VcpuCount is >= 1 and <= 1024, "vcpuCount", "must be 1 to 1024");
        Check(BlockInstructionsMax is >= 1 and <= 128, "blockInstructionsMax", "must be 1 to 128");
        Check(LineSizeBytes == 64, "lineSizeBytes", "must be 64");
        Check(
            CodeCacheBytes is >= CodeCacheMin and <= CodeCacheMax,
            "codeCacheBytes",
            "must be 1 MiB to 128 MiB");
        Check(IsGroupCount(DataFilterGroups), "dataFilterGroups", "must be 1, 2, 4, ... 64");
        Check(IsGroupCount(FetchFilterGroups), "fetchFilterGroups", "must be 1, 2, 4, ... 64");
        foreach (CpuidCache cache in Caches)
        {
            cache.Validate();
        }
    }

    private static bool IsGroupCount(int count) =>
        count is >= 1 and <= 64 && (count & (count - 1)) == 0;

    private static void Check(bool valid, string key, string why)
    {
        if (!valid)
        {
            throw new ConfigException("translator." + key, why);
        }
    }
}
