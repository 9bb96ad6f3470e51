namespace Dilaton.Cosim;

/// <summary>Memory that a program has of its allocator.</summary>
/// <param name="End">Behind its last byte.</param>
/// <param name="Place">Of the call that asked for it.</param>
internal readonly record struct Allocation(ulong Start, ulong End, int Place) : IComparable<Allocation>
{
    public int CompareTo(Allocation other) => Start.CompareTo(other.Start);
}
