using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A cache as CPUID leaf 4 describes it.</summary>
public sealed record CpuidCache
{
    /// <summary>32 KiB L1s, 512 KiB L2, 16 MiB L3.</summary>
    public static IReadOnlyList<CpuidCache> Typical { get; } =
    [
        new() { Level = 1, Kind = CpuidCacheKind.Data, SizeBytes = 32 << 10, Ways = 8 },
        new() { Level = 1, Kind = CpuidCacheKind.Instruction, SizeBytes = 32 << 10, Ways = 8 },
        new() { Level = 2, Kind = CpuidCacheKind.Unified, SizeBytes = 512 << 10, Ways = 8 },
        new()
        {
            Level = 3, Kind = CpuidCacheKind.Unified, SizeBytes = 16 << 20, Ways = 16,
            Shared = true,
        },
    ];

    public required int Level { get; init; }

    public required CpuidCacheKind Kind { get; init; }

    public required int SizeBytes { get; init; }

    public required int Ways { get; init; }

    /// <summary>Shared by all vCPUs of the node.</summary>
    public bool Shared { get; init; }

    public int LineSizeBytes { get; init; } = 64;

    public int Sets => SizeBytes / (Ways * LineSizeBytes);

    /// <exception cref="ConfigException">It can't be built.</exception>
    public void Validate()
    {
        if (Level is < 1 or > 4 || Ways is < 1 or > 1024 || LineSizeBytes is < 16 or > 4096
            || SizeBytes < Ways * LineSizeBytes || SizeBytes % (Ways * LineSizeBytes) != 0)
        {
            throw new ConfigException(
                "translator.caches", $"level {Level}: size must be ways x lines x line size");
        }
    }
}
