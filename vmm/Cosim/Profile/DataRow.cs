namespace Dilaton.Cosim;

/// <summary>What misses of a region did.</summary>
/// <param name="Low">Least address that missed.</param>
/// <param name="High">Greatest one.</param>
/// <param name="Site">Of allocations: where they were asked for; else none.</param>
/// <param name="Values">By column; what no miss did is 0.</param>
public sealed record DataRow(
    DataRegion Region, ulong Low, ulong High, CodePlace? Site, IReadOnlyList<ulong> Values)
{
    /// <summary>How often there was one, and their bytes; 0 where that is not known.</summary>
    public (ulong Count, ulong Bytes) Allocations { get; init; }
}
