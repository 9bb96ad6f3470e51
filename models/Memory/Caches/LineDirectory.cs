using System.Numerics;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Full map: for each line in any private cache, the set of vCPUs that may have a copy.
/// Never overflows and never forgets, so it needs no invalidations of its own. An open hash table
/// that grows with the lines in use; nothing depends on its order.</summary>
internal sealed class LineDirectory
{
    private const int CapacityMin = 1024;
    private readonly int _words;
    private ulong[] _keys = new ulong[CapacityMin];
    private ulong[] _sharers;
    private int _count;

    public LineDirectory(int vcpuCount)
    {
        _words = (vcpuCount + 63) / 64;
        _sharers = new ulong[CapacityMin * _words];
    }

    public int Count => _count;

    /// <summary>One bit per vCPU; empty if no vCPU has the line. Valid until the next
    /// <see cref="Add"/> or <see cref="Remove"/>.</summary>
    public Span<ulong> Sharers(ulong line)
    {
        int slot = Slot(line);
        return _keys[slot] == 0 ? [] : _sharers.AsSpan(slot * _words, _words);
    }

    /// <summary>See <see cref="TagArray.Warm"/>.</summary>
    public ulong Warm(ulong line)
    {
        int home = Home(line | 1);
        return _keys[home] + _sharers[home * _words];
    }

    public void Add(ulong line, int vcpu)
    {
        int slot = Slot(line);
        if (_keys[slot] == 0)
        {
            if (_count * 2 >= _keys.Length)
            {
                Grow();
                slot = Slot(line);
            }

            _keys[slot] = line | 1;
            _count++;
        }

        _sharers[slot * _words + (vcpu >> 6)] |= 1UL << vcpu;
    }

    /// <summary>The vCPU no longer has the line; a line without sharers is forgotten.</summary>
    public void Remove(ulong line, int vcpu)
    {
        int slot = Slot(line);
        Invariant.Require(_keys[slot] != 0);
        Span<ulong> sharers = _sharers.AsSpan(slot * _words, _words);
        sharers[vcpu >> 6] &= ~(1UL << vcpu);
        if (!sharers.ContainsAnyExcept(0UL))
        {
            Delete(slot);
        }
    }

    /// <summary>No vCPU has the line any more.</summary>
    public void Forget(ulong line)
    {
        int slot = Slot(line);
        if (_keys[slot] != 0)
        {
            Delete(slot);
        }
    }

    private int Slot(ulong line)
    {
        ulong wanted = line | 1;
        int mask = _keys.Length - 1;
        int slot = Home(wanted);
        while (_keys[slot] != 0 && _keys[slot] != wanted)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    // Fibonacci hashing: line addresses differ in their low bits only, the product's high bits mix.
    private int Home(ulong key) => (int)((key * 0x9E37_79B9_7F4A_7C15)
        >> (64 - BitOperations.Log2((uint)_keys.Length)));

    private void Delete(int slot)
    {
        int mask = _keys.Length - 1;
        int hole = slot;
        int next = (hole + 1) & mask;
        while (_keys[next] != 0)
        {
            int home = Home(_keys[next]);
            if (((next - home) & mask) >= ((next - hole) & mask))
            {
                _keys[hole] = _keys[next];
                _sharers.AsSpan(next * _words, _words).CopyTo(_sharers.AsSpan(hole * _words));
                hole = next;
            }

            next = (next + 1) & mask;
        }

        _keys[hole] = 0;
        _sharers.AsSpan(hole * _words, _words).Clear();
        _count--;
    }

    private void Grow()
    {
        ulong[] keys = _keys;
        ulong[] sharers = _sharers;
        _keys = new ulong[keys.Length * 2];
        _sharers = new ulong[sharers.Length * 2];
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != 0)
            {
                int slot = Slot(keys[i] & ~1UL);
                _keys[slot] = keys[i];
                sharers.AsSpan(i * _words, _words).CopyTo(_sharers.AsSpan(slot * _words));
            }
        }
    }
}
