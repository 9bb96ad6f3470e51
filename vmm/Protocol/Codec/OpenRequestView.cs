using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>Open requests of a vCPU in a payload, checked, oldest first. Valid as long as the
/// payload is.</summary>
public readonly ref struct OpenRequestView
{
    private readonly ReadOnlySpan<ulong> _issue;
    private readonly ReadOnlySpan<ulong> _at;
    private readonly ReadOnlySpan<uint> _cycles;
    private readonly ReadOnlySpan<uint> _entries;
    private readonly ReadOnlySpan<byte> _kinds;

    internal OpenRequestView(
        ReadOnlySpan<ulong> issue, ReadOnlySpan<ulong> at, ReadOnlySpan<uint> cycles,
        ReadOnlySpan<uint> entries, ReadOnlySpan<byte> kinds)
    {
        _issue = issue;
        _at = at;
        _cycles = cycles;
        _entries = entries;
        _kinds = kinds;
    }

    public int Count => _issue.Length;

    public WireOpenRequest this[int index] => new(
        _issue[index], VirtualTime.FromPicoseconds(_at[index]), _cycles[index],
        (int)_entries[index], (MemoryEventKind)_kinds[index]);
}
