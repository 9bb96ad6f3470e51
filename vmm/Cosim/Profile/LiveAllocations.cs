namespace Dilaton.Cosim;

/// <summary>What a process has allocated and not freed, by address.</summary>
internal sealed class LiveAllocations
{
    private readonly SortedSet<Allocation> _all = [];

    /// <summary>What it overlaps was freed in a way that was not seen, and is gone.</summary>
    public void Add(in Allocation allocation)
    {
        Allocation made = allocation;
        while (TryFindBelow(made.End - 1, out Allocation old) && old.End > made.Start)
        {
            _all.Remove(old);
        }

        _all.Add(made);
    }

    public void Remove(ulong start) => _all.Remove(new Allocation(start, start, 0));

    /// <returns>False if the address is in none.</returns>
    public bool TryFind(ulong address, out Allocation found) =>
        TryFindBelow(address, out found) && address < found.End;

    private bool TryFindBelow(ulong address, out Allocation found)
    {
        SortedSet<Allocation> below = _all.GetViewBetween(default, new Allocation(address, address, 0));
        found = below.Max;
        return found.End != 0;
    }
}
