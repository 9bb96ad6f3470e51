using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>Gathers the records of instructions that have executed, and hands them on in blocks.</summary>
internal sealed class DetailRecorder
{
    private const int RecordsMax = 4096;

    private readonly VcpuId _vcpu;
    private readonly IDetailSink _sink;
    private readonly IGuestAddressSpace _memory;
    private readonly ulong _lineMask;
    private readonly ulong _lineBytes;
    private readonly CoreCost _cost;
    private readonly ulong[] _addresses = new ulong[RecordsMax];
    private readonly byte[] _sizes = new byte[RecordsMax];
    private readonly MemoryEventKind[] _kinds = new MemoryEventKind[RecordsMax];
    private readonly uint[] _offsets = new uint[RecordsMax];
    private int _count;
    private ulong _fetchLine = ulong.MaxValue;
    private long _suppressedFetches;
    private ulong _instructions;
    private ulong _unseen;
    private uint _units;

    public DetailRecorder(
        VcpuId vcpu, DetailPlan plan, IDetailSink sink, IGuestAddressSpace memory)
    {
        _vcpu = vcpu;
        _sink = sink;
        _memory = memory;
        _lineBytes = (ulong)plan.LineSizeBytes;
        _lineMask = ~(_lineBytes - 1);
        _cost = plan.Cost;
    }

    public bool IsMeasured { get; set; }

    /// <summary>The next instruction's line counts as entered.</summary>
    public void Begin() => _fetchLine = ulong.MaxValue;

    /// <summary>An instruction has executed; its accesses follow.</summary>
    public void AddInstruction(ulong rip, int lengthBytes, bool isSeen)
    {
        ulong first = rip & _lineMask;
        ulong last = (rip + (ulong)lengthBytes - 1) & _lineMask;
        if (first != _fetchLine)
        {
            AddFetch(first);
        }

        if (last != first)
        {
            AddFetch(last);
        }

        _fetchLine = last;
        _instructions++;
        _suppressedFetches++;
        _unseen += isSeen ? 0UL : 1;
        _units += (uint)_cost.UnitsPerInstruction;
    }

    public void Add(ulong address, byte sizeBytes, MemoryEventKind kind)
    {
        // Behind a page's end other memory follows in physical addresses.
        ulong room = GuestPage.SizeBytes - (address & GuestPage.OffsetMask);
        byte here = (byte)Math.Min(sizeBytes, room);
        AddRecord(address, here, kind);
        if (here < sizeBytes)
        {
            AddRecord(address + here, (byte)(sizeBytes - here), kind);
        }

        if (kind is MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic)
        {
            _units += (uint)_cost.UnitsPerLoad;
        }
    }

    public void Flush()
    {
        if (_count == 0 && _instructions == 0)
        {
            return;
        }

        // One reference an instruction; what an instruction in two lines has too many, the next
        // ones have too few.
        long suppressed = Math.Max(0, _suppressedFetches);
        _suppressedFetches -= suppressed;
        MemoryEventBlock block = new()
        {
            Vcpu = _vcpu,
            Addresses = _addresses.AsSpan(0, _count),
            Sizes = _sizes.AsSpan(0, _count),
            Kinds = _kinds.AsSpan(0, _count),
            Offsets = _offsets.AsSpan(0, _count),
            Suppressed = new SuppressedHits(0, 0, 0, 0, (ulong)suppressed),
        };
        _sink.Append(block, new DetailCount(IsMeasured, _instructions, _units, _unseen));
        _count = 0;
        _instructions = 0;
        _unseen = 0;
        _units = 0;
    }

    private void AddFetch(ulong line)
    {
        _suppressedFetches--;
        AddRecord(line, 1, MemoryEventKind.Fetch);
    }

    private void AddRecord(ulong address, byte sizeBytes, MemoryEventKind kind)
    {
        bool isHint = kind is MemoryEventKind.Prefetch or MemoryEventKind.Flush;
        GuestVirtualAddress page = new(GuestPage.Floor(address));
        GuestPhysicalAddress physical;
        if (isHint)
        {
            if (!_memory.TryTranslate(page, out physical))
            {
                return;
            }
        }
        else
        {
            physical = _memory.Translate(page);
        }

        if (_count == RecordsMax)
        {
            Flush();
        }

        _addresses[_count] = physical.Value | (address & GuestPage.OffsetMask);
        _sizes[_count] = sizeBytes;
        _kinds[_count] = kind;
        _offsets[_count++] = _units;
    }
}
