namespace Dilaton.Models.Memory;

/// <summary>Replacement policies other than LRU: entries keep their ways, empty ones may lie
/// anywhere.</summary>
internal sealed partial class TagArray
{
    private readonly WayPolicy? _policy;

    /// <summary>Of each set the way that was used or filled last, plus one; 0 once that line is
    /// gone.</summary>
    private readonly byte[] _recent;

    /// <summary>What the policy remembers; "" in LRU order.</summary>
    internal string Memory => _policy is null
        ? "" : $"{_policy.Describe()};{string.Join(',', _recent)}";

    private ulong RecentOfWays(ulong line)
    {
        int way = _recent[SetIndex(line)] - 1;
        return way < 0 ? 0 : _entries[SetStart(line) + way];
    }

    private bool TryUseOfWays(ulong line, out ulong entry)
    {
        int slot = Find(line);
        entry = slot < 0 ? 0 : _entries[slot];
        if (slot >= 0)
        {
            UseWay(line, slot - SetStart(line));
        }

        return slot >= 0;
    }

    private bool UseOrInsertInWays(ulong line, out ulong victim)
    {
        bool found = TryUseOfWays(line, out _);
        victim = found ? 0 : InsertInWays(line | Valid);
        return found;
    }

    private void UseWay(ulong line, int way)
    {
        int set = SetIndex(line);
        _policy!.Use(set, way);
        _recent[set] = (byte)(way + 1);
    }

    private ulong InsertInWays(ulong entry)
    {
        int set = SetIndex(entry & AddressMask);
        ulong victim = Replace(entry, WayPolicy.None, out int way);
        _policy!.Fill(set, way);
        _recent[set] = (byte)(way + 1);
        return victim;
    }

    /// <summary>What was used last stays the last; with <see cref="RripPolicy"/> it may be what
    /// makes room.</summary>
    private ulong InsertSecondInWays(ulong entry)
    {
        int set = SetIndex(entry & AddressMask);
        int recent = _recent[set] - 1;
        ulong victim = Replace(entry, recent, out int way);
        _policy!.FillSecond(set, way, recent == way ? WayPolicy.None : recent);
        _recent[set] = recent == way ? (byte)0 : _recent[set];
        return victim;
    }

    private ulong Replace(ulong entry, int spared, out int way)
    {
        Span<ulong> set = SetOf(entry & AddressMask);
        way = set.IndexOf(0UL);
        way = way >= 0 ? way : _policy!.Victim(SetIndex(entry & AddressMask), spared);
        ulong victim = set[way];
        set[way] = entry;
        return victim;
    }

    private ulong RemoveFromWays(ulong line, int way, out bool wasMru)
    {
        int set = SetIndex(line);
        wasMru = way >= 0 && _recent[set] == way + 1;
        if (way < 0)
        {
            return 0;
        }

        _recent[set] = wasMru ? (byte)0 : _recent[set];
        int slot = SetStart(line) + way;
        ulong entry = _entries[slot];
        _entries[slot] = 0;
        return entry;
    }
}
