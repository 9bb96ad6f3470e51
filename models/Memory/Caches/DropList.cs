using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Lines that a vCPU's filter must drop, in order of loss. Two buffers take turns, so that
/// a list stays valid while the next one grows.</summary>
internal sealed class DropList
{
    private GuestPhysicalAddress[] _lines = new GuestPhysicalAddress[64];
    private GuestPhysicalAddress[] _taken = new GuestPhysicalAddress[64];
    private int _count;

    public bool IsEmpty => _count == 0;

    public void Add(ulong line)
    {
        if (_count == _lines.Length)
        {
            Array.Resize(ref _lines, _count * 2);
        }

        _lines[_count++] = new GuestPhysicalAddress(line);
    }

    /// <summary>The list since the last call; valid until the call after this one.</summary>
    public ReadOnlySpan<GuestPhysicalAddress> Take()
    {
        (_lines, _taken) = (_taken, _lines);
        int count = _count;
        _count = 0;
        return _taken.AsSpan(0, count);
    }
}
