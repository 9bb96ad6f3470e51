namespace Dilaton.Core;

/// <summary>Accesses without a record: with <see cref="MemoryEventLevel.Filtered"/> those that the
/// filter proved to be L1 hits. Fetches are instructions retired less fetch records, at both
/// levels, since the reference count of L1I is one per instruction.</summary>
public readonly record struct SuppressedHits(
    ulong Loads, ulong Stores, ulong Modifies, ulong Atomics, ulong Fetches)
{
    public ulong Sum => Loads + Stores + Modifies + Atomics + Fetches;

    public static SuppressedHits operator +(SuppressedHits a, SuppressedHits b) => new(
        a.Loads + b.Loads,
        a.Stores + b.Stores,
        a.Modifies + b.Modifies,
        a.Atomics + b.Atomics,
        a.Fetches + b.Fetches);
}
