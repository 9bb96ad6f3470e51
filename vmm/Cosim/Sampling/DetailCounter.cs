using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Where a window's counters are in its sample; those of the hierarchy follow.</summary>
internal static class DetailCounter
{
    public const int Instructions = 0;
    public const int Units = 1;
    public const int StallUnits = 2;
    public const int Loads = 3;
    public const int Stores = 4;
    public const int Modifies = 5;
    public const int Atomics = 6;

    /// <summary>Requests to what lies behind the caches.</summary>
    public const int Behind = 7;

    /// <summary>Lines first accessed since the warm-up began.</summary>
    public const int Cold = 8;

    /// <summary>Of them, by what the caches did: behind them, and not.</summary>
    public const int ColdBehind = 9;
    public const int ColdInside = 10;

    /// <summary>Of them that are data: L1 misses, and hits.</summary>
    public const int ColdDataMisses = 11;
    public const int ColdDataHits = 12;

    /// <summary>Units for which the core waited for them, at least.</summary>
    public const int ColdStallUnits = 13;

    /// <summary>Units for which it would have waited longer, had all been behind the caches.</summary>
    public const int ColdSparedUnits = 14;

    /// <summary>Of the hierarchy's own.</summary>
    public const int First = 15;

    /// <returns>-1 if the kind is not counted.</returns>
    public static int Of(MemoryEventKind kind) => kind switch
    {
        MemoryEventKind.Load => Loads,
        MemoryEventKind.Store => Stores,
        MemoryEventKind.Modify => Modifies,
        MemoryEventKind.Atomic => Atomics,
        _ => -1,
    };
}
