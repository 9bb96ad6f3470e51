using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>A two-way LRU L1 per vCPU over the cut; a store takes the line from the others.
/// </summary>
public sealed class FakeHierarchy(int vcpuCount) : ICacheHierarchy
{
    public const uint CutCycles = 12;

    private const int Sets = 64;

    private readonly ulong[,,] _lines = Fill(new ulong[vcpuCount, Sets, 2]);
    private readonly bool[,,] _owned = new bool[vcpuCount, Sets, 2];
    private readonly List<GuestPhysicalAddress>[] _dropped =
        [.. Enumerable.Range(0, vcpuCount).Select(_ => new List<GuestPhysicalAddress>())];

    private GuestPhysicalAddress[] _taken = [];

    /// <summary>Cycles from an access to the cut.</summary>
    public uint KnownCycles { get; init; } = CutCycles;

    public int LineSizeBytes => 64;

    public uint LoadHitCycles => 4;

    public ulong Hits { get; private set; }

    public ulong Misses { get; private set; }

    public void Access(in MemoryEventBlock block, MissBuffer misses)
    {
        SuppressedHits s = block.Suppressed;
        Hits += s.Loads + s.Stores + s.Modifies + s.Atomics;
        for (int i = 0; i < block.Count; i++)
        {
            Access(block.Vcpu.Index, block.Addresses[i] & ~63UL, block.Kinds[i],
                block.Offsets[i], misses);
        }
    }

    public ReadOnlySpan<GuestPhysicalAddress> TakeDroppedLines(VcpuId vcpu)
    {
        List<GuestPhysicalAddress> list = _dropped[vcpu.Index];
        if (list.Count == 0)
        {
            return [];
        }

        _taken = [.. list];
        list.Clear();
        return _taken;
    }

    private static ulong[,,] Fill(ulong[,,] lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            lines[i / (Sets * 2), i / 2 % Sets, i % 2] = ulong.MaxValue;
        }

        return lines;
    }

    private void Access(int v, ulong line, MemoryEventKind kind, uint offset, MissBuffer misses)
    {
        int set = (int)((line >> 6) % Sets);
        bool owns = kind is MemoryEventKind.Store or MemoryEventKind.Modify
            or MemoryEventKind.KernelStore;
        bool isKernel = kind is MemoryEventKind.KernelLoad or MemoryEventKind.KernelStore;
        if (isKernel && _lines[v, set, 0] != line && _lines[v, set, 0] != ulong.MaxValue)
        {
            _dropped[v].Add(new GuestPhysicalAddress(_lines[v, set, 0]));
        }

        int way = _lines[v, set, 0] == line ? 0 : _lines[v, set, 1] == line ? 1 : -1;
        bool owned = way >= 0 && _owned[v, set, way];
        if (way < 0 && _owned[v, set, 1] && _lines[v, set, 1] != ulong.MaxValue)
        {
            misses.AddWriteback(new CacheMiss(
                _lines[v, set, 1], offset, KnownCycles, MemoryEventKind.Writeback, true));
        }

        if (way != 0)
        {
            _lines[v, set, 1] = _lines[v, set, 0];
            _owned[v, set, 1] = _owned[v, set, 0];
        }

        _lines[v, set, 0] = line;
        _owned[v, set, 0] = owned || owns;
        if (owns && !owned)
        {
            TakeFromOthers(v, set, line);
        }

        if (way >= 0 && (!owns || owned))
        {
            Hits++;
            return;
        }

        Misses++;
        misses.Add(new CacheMiss(line, offset, KnownCycles, kind, way < 0));
    }

    private void TakeFromOthers(int v, int set, ulong line)
    {
        for (int other = 0; other < vcpuCount; other++)
        {
            for (int way = 0; way < 2; way++)
            {
                if (other != v && _lines[other, set, way] == line)
                {
                    _lines[other, set, way] = ulong.MaxValue;
                    _owned[other, set, way] = false;
                    _dropped[other].Add(new GuestPhysicalAddress(line));
                }
            }
        }
    }
}
