namespace Dilaton.Native;

/// <summary>Accesses that made no record, by kind; below 0 while records have been decoded whose
/// path has not.</summary>
public struct SuppressedCounts
{
    public long Loads;
    public long Stores;
    public long Modifies;
    public long Atomics;
    public long Fetches;
}
