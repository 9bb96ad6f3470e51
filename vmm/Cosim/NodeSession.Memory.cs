using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Memory: records in, bound stall at the end of the slice, differences at the weave.
/// </summary>
public sealed partial class NodeSession
{
    /// <summary>Size of a line where no hierarchy says another.</summary>
    public const int LineBytesDefault = 64;

    private const int KernelLinesMax = 512;

    private readonly MissBuffer _misses = new();
    private readonly ulong[] _kernelAddresses = new ulong[KernelLinesMax];
    private readonly byte[] _kernelSizes = new byte[KernelLinesMax];
    private readonly MemoryEventKind[] _kernelKinds = new MemoryEventKind[KernelLinesMax];
    private readonly uint[] _kernelOffsets = new uint[KernelLinesMax];
    private readonly GuestPhysicalAddress[] _kernelLines = new GuestPhysicalAddress[KernelLinesMax];
    private readonly TouchedPages _touched = new();
    private uint[] _faultOffsets = new uint[64];
    private int _faultCount;
    private IGuestAddressSpace? _addressSpace;
    private ICacheHierarchy? _hierarchy;
    private readonly AccessCounts _accesses = new();
    private ITimingModel? _model;
    private IWeaver? _weaver;
    private IIntervalPeer? _peer;
    private MemoryEventLevel _level;

    /// <summary>The engine was told one.</summary>
    private bool _hasLevel;
    private VcpuSlot? _sliceVcpu;
    private ulong _slicePosition;
    private ulong _sliceProgram;
    private ulong _lineBytes = LineBytesDefault;

    /// <summary>HOT: once or more per slice.</summary>
    void IMemoryEventSink.Append(in MemoryEventBlock block)
    {
        Invariant.Require(_sliceVcpu is not null && _sliceVcpu.Id == block.Vcpu);
        if (_isLooking)
        {
            _look.Add(block);
        }

        Take(block);
        _look.HasMissed |= _misses.Misses.Length > 0;
    }

    void IKernelAccessSink.Copied(
        VcpuId vcpu, GuestVirtualAddress address, ulong lengthBytes, bool isStore)
    {
        if (_level == MemoryEventLevel.Off || _addressSpace is null || lengthBytes == 0)
        {
            return;
        }

        Invariant.Require(_sliceVcpu is null, "a kernel acts between slices");
        VcpuSlot slot = _slots[vcpu.Index];
        (_slicePosition, _sliceProgram) = (slot.Position, slot.Program);
        MemoryEventKind kind = isStore ? MemoryEventKind.KernelStore : MemoryEventKind.KernelLoad;
        ulong at = address.Value;
        ulong end = checked(at + lengthBytes);
        int count = 0;
        ulong page = ulong.MaxValue;
        ulong frame = 0;
        while (at < end)
        {
            if (GuestPage.Floor(at) != page)
            {
                page = GuestPage.Floor(at);
                frame = GuestPage.Floor(
                    _addressSpace.Translate(new GuestVirtualAddress(at)).Value);
            }

            ulong next = Math.Min(end, (at & ~(_lineBytes - 1)) + _lineBytes);
            ulong physical = frame | (at & GuestPage.OffsetMask);
            _kernelAddresses[count] = physical;
            _kernelSizes[count] = (byte)(next - at);
            _kernelKinds[count] = kind;
            _kernelLines[count] = new GuestPhysicalAddress(physical & ~(_lineBytes - 1));
            at = next;
            if (++count == KernelLinesMax || at == end)
            {
                TakeKernelLines(slot, count);
                count = 0;
            }
        }

        ChargeMemory(slot);
    }

    private void AttachMemory(
        IGuestAddressSpace? addressSpace,
        ICacheHierarchy? hierarchy,
        ITimingModel? model,
        IIntervalPeer? peer)
    {
        Invariant.Require(model is null || peer is null, "one thing lies behind the cut");
        VirtualDuration? least = model?.MinLatency ?? peer?.MinLatency;
        if (least is not null && hierarchy is null)
        {
            throw new ConfigException("memory", "a timing model needs a hierarchy in front of it");
        }

        if (peer is not null && _options.Cores.Count > 0)
        {
            throw new ConfigException("cores.kinds", "a peer behind the caches has one kind of core");
        }

        if (_slots.Any(slot => slot.Core.Options.Branches is not null) && hierarchy is null)
        {
            throw new ConfigException("cores.model.branchPredictor", "needs a hierarchy");
        }

        if (peer is null && _options.FeedbackIntervals > 0)
        {
            throw new ConfigException(
                "time.feedback", "pipelined needs a peer that works while the node runs on");
        }

        if (least is { Picoseconds: 0 })
        {
            throw new ConfigException("memory.minLatency", "must be above zero");
        }

        _addressSpace = addressSpace;
        _hierarchy = hierarchy;
        _model = model;
        _peer = peer;
        _lineBytes = (ulong)(hierarchy?.LineSizeBytes ?? LineBytesDefault);
        if (hierarchy is null)
        {
            return;
        }

        var timelines = new MissTimeline[_slots.Length];
        for (int i = 0; i < _slots.Length; i++)
        {
            timelines[i] = AttachTimeline(_slots[i], hierarchy, least);
        }

        PeerWeaver? weaver = peer is null
            ? null
            : new PeerWeaver(
                peer,
                _slots,
                _options.StoreBufferEntries,
                carriesMisses: true,
                _options.OutOfOrder?.ToParameters(_unitsPerInstruction));
        _pipeline = _options.FeedbackIntervals > 0 ? weaver : null;
        _weaver = model is null ? weaver : new Weaver(model, timelines);
    }

    private MissTimeline AttachTimeline(VcpuSlot slot, ICacheHierarchy hierarchy, VirtualDuration? least)
    {
        VcpuCore core = slot.Core;
        var parameters = new IssueParameters
        {
            LoadHitCycles = hierarchy.LoadHitCycles,
            StoreBufferEntries = core.Options.StoreBufferEntries,
            UnitsPerCycle = core.UnitsPerCycle,
            Interval = core.Options.OutOfOrder?.ToParameters(core.UnitsPerInstruction),
        };
        var timeline = new MissTimeline(slot.Id, slot.Clock, parameters, least);
        slot.Timeline = timeline;
        slot.Loads = parameters.Interval is { } interval
            ? new LoadChain(core.UnitsPerInstruction, _lineBytes, interval.WindowUnits)
            : null;
        slot.Branches = core.Options.Branches is { } branches ? new BranchUnit(branches) : null;
        return timeline;
    }

    private void SwitchEvents(MemoryEventLevel level)
    {
        Invariant.Require(_engine is not null);
        if (level != MemoryEventLevel.Off
            && (_engine.Traits & EngineTraits.SeesEveryAccess) == 0)
        {
            throw new ConfigException(
                "events", $"{level} needs an engine that sees every access: the translator");
        }

        var costs = new CoreCost[_slots.Length];
        for (int i = 0; i < costs.Length; i++)
        {
            costs[i] = CostOf(_slots[i].Core, level);
            _slots[i].Core.ChangeCost(costs[i]);
        }

        _level = level;
        if (_options.Cores.Count > 0)
        {
            _engine.SetEvents(level, costs);
        }
        else if (_schedule is not null && _hasLevel)
        {
            _engine.SwitchEvents(level, costs[0]);
        }
        else
        {
            _engine.SetEvents(level, costs[0]);
        }

        _hasLevel = true;
    }

    private CoreCost CostOf(VcpuCore core, MemoryEventLevel level)
    {
        CoreOptions options = core.Options;
        uint hitStall = level == MemoryEventLevel.Off || _hierarchy is null || options.OutOfOrder is not null
            ? 0
            : Math.Max(1, _hierarchy.LoadHitCycles) - 1;
        return new CoreCost(options.CyclesPerInstruction, hitStall)
        {
            TracksProducers = options.OutOfOrder is not null && _hierarchy is not null,
            LeavesOutSureHits = options is { OutOfOrder: null, Branches: null } && _profile is null
                && _hierarchy is { HasSureHits: true },
            RecordsBranches = options.Branches is not null,
            RecordsTargets = options.Branches is { NeedsTargets: true },
        };
    }

    private void TakeKernelLines(VcpuSlot slot, int count)
    {
        var block = new MemoryEventBlock
        {
            Vcpu = slot.Id,
            Addresses = _kernelAddresses.AsSpan(0, count),
            Sizes = _kernelSizes.AsSpan(0, count),
            Kinds = _kernelKinds.AsSpan(0, count),
            Offsets = _kernelOffsets.AsSpan(0, count),
            Suppressed = default,
        };
        Take(block);

        // The copy made these lines their sets' most recent ones; the filter knows it no more.
        slot.Engine!.DropFilterLines(_kernelLines.AsSpan(0, count));
    }

    private void CountSkippedHits(VcpuSlot slot, ulong loads, ulong fetches)
    {
        if (_level == MemoryEventLevel.Off)
        {
            return;
        }

        var block = new MemoryEventBlock
        {
            Vcpu = slot.Id,
            Addresses = [],
            Sizes = [],
            Kinds = [],
            Offsets = [],
            Suppressed = new SuppressedHits(loads, 0, 0, 0, fetches),
        };
        Take(block);
    }

    private void Take(in MemoryEventBlock block)
    {
        _blocks++;
        _records += (ulong)block.Count + block.SureHits.Sum;
        _suppressed += block.Suppressed;
        if (_slots[block.Vcpu.Index].Core.PageFaultUnits != 0)
        {
            FindFirstTouches(block);
        }

        if (_hierarchy is not null)
        {
            VcpuSlot slot = _slots[block.Vcpu.Index];
            int known = _misses.Misses.Length;
            LookForCold(slot, block);
            if (_profile is not null)
            {
                AccessWithPlaces(block, _profile);
            }
            else
            {
                _hierarchy.Access(block, _misses);
            }

            CountCold(slot, known);
            int predicted = slot.Branches?.Misses.Length ?? 0;
            slot.Branches?.Take(block, ref slot.Counters.Branches, _profile);
            Span<BranchMiss> branches = slot.Branches is null ? [] : slot.Branches.Misses[predicted..];
            if (!IsFastForward)
            {
                slot.Loads?.Take(block, slot.Program, _misses.Misses, known, branches);
            }
        }
        else
        {
            _accesses.Add(block);
        }
    }

    private void FindFirstTouches(in MemoryEventBlock block)
    {
        if (block.TellsNewPages)
        {
            foreach (int i in block.NewPages)
            {
                FindFirstTouch(block, i);
            }

            return;
        }

        for (int i = 0; i < block.Count; i++)
        {
            FindFirstTouch(block, i);
        }
    }

    private void FindFirstTouch(in MemoryEventBlock block, int i)
    {
        // A prefetch of an absent page is dropped by the core.
        if (block.Kinds[i] != MemoryEventKind.Prefetch && _touched.IsFirstTouch(block.Addresses[i]))
        {
            if (_faultCount == _faultOffsets.Length)
            {
                Array.Resize(ref _faultOffsets, _faultCount * 2);
            }

            _faultOffsets[_faultCount++] = block.Offsets[i];
            if (_profile is not null)
            {
                TellFirstTouch(_profile, block, i);
            }
        }
    }

    /// <summary>Bound phase: charges the slice's first touches and misses at their places.
    /// </summary>
    private void ChargeMemory(VcpuSlot slot)
    {
        if (_faultCount > 0)
        {
            slot.Clock.AddKernel(checked((ulong)_faultCount * slot.Core.PageFaultUnits));
            slot.Counters.PageFaults += (ulong)_faultCount;
        }

        if (_isSampling && WeighsMisses)
        {
            WeighMisses(slot);
        }

        if (IsFastForward)
        {
            _misses.Clear();
        }
        else if (slot.Timeline is { } timeline
            && _misses.Misses.Length + _misses.Writebacks.Length + (slot.Branches?.Misses.Length ?? 0) > 0)
        {
            ulong before = timeline.StallUnits;
            AddMisses(slot, timeline);
            ChargeStall(slot, timeline.StallUnits - before);
            _misses.Clear();
            slot.Branches?.Clear();
        }

        _faultCount = 0;
    }

    private void AddMisses(VcpuSlot slot, MissTimeline timeline)
    {
        ReadOnlySpan<ulong> producers = slot.Loads is null ? default : slot.Loads.Producers;
        ReadOnlySpan<CacheMiss> misses = _misses.Misses;
        ReadOnlySpan<CacheMiss> writebacks = _misses.Writebacks;
        ReadOnlySpan<BranchMiss> branches = slot.Branches is null ? [] : slot.Branches.Misses;
        int m = 0;
        int w = 0;
        int b = 0;
        (ulong Start, int Faults) passed = (_slicePosition, 0);
        uint secondCycles = slot.Core.Options.SecondLevelCycles;
        while (m < misses.Length || w < writebacks.Length)
        {
            bool isWriteback = m == misses.Length
                || (w < writebacks.Length && writebacks[w].OffsetUnits < misses[m].OffsetUnits);
            ulong producer = isWriteback || producers.IsEmpty ? IssueMiss.None : producers[m];
            int origin = isWriteback || _profile is null ? 0 : _missOrigins[m];
            ref readonly CacheMiss miss = ref isWriteback ? ref writebacks[w++] : ref misses[m++];
            for (; b < branches.Length && branches[b].OffsetUnits < miss.OffsetUnits; b++)
            {
                AddBranchMiss(slot, branches[b], ref passed);
            }

            timeline.Add(
                miss,
                PositionOf(slot, miss.OffsetUnits, ref passed),
                isWriteback ? MemoryEventKind.Flush : miss.Kind,
                miss.IsDataWalk ? StallCause.Tlb
                    : miss.BehindCut ? StallCause.Memory
                    : miss.Cycles <= secondCycles ? StallCause.Second : StallCause.Third,
                _sliceProgram + miss.OffsetUnits,
                producer,
                origin);
        }

        for (; b < branches.Length; b++)
        {
            AddBranchMiss(slot, branches[b], ref passed);
        }
    }

    private void AddBranchMiss(VcpuSlot slot, in BranchMiss branch, ref (ulong Start, int Faults) passed) =>
        slot.Timeline!.Add(new PendingMiss(
            PositionOf(slot, branch.OffsetUnits, ref passed),
            0,
            slot.Branches!.PenaltyCycles,
            MemoryEventKind.Mispredict,
            MemoryEventKind.Mispredict,
            BehindCut: false)
        {

            // A load that is its own comes before it.
            Program = _sliceProgram + branch.OffsetUnits + (branch.LoadsTarget ? 1UL : 0),
            Producer = branch.Producer,
            Cause = StallCause.Branch,
            Origin = branch.Origin,
        });

    /// <summary>Position of a place in the slice, behind the first touches before it.</summary>
    private ulong PositionOf(VcpuSlot slot, uint offsetUnits, ref (ulong Start, int Faults) passed)
    {
        for (; passed.Faults < _faultCount && _faultOffsets[passed.Faults] <= offsetUnits; passed.Faults++)
        {
            passed.Start += slot.Core.PageFaultUnits;
        }

        return passed.Start + offsetUnits;
    }

    private static void ChargeStall(VcpuSlot slot, ulong units)
    {
        slot.Clock.AddStall(units);
        if (units > 0)
        {
            slot.Stack.GrowTowards(slot.Timeline!.Stack, units);
        }
    }

    /// <summary>An out-of-order core ends what it has in flight before an act of its own.</summary>
    private void DrainWindow(VcpuSlot slot)
    {
        if (slot.Timeline is { IsOutOfOrder: true } timeline)
        {
            ulong before = timeline.StallUnits;
            timeline.Add(new PendingMiss(
                slot.Position, 0, 0, MemoryEventKind.Drain, MemoryEventKind.Drain, BehindCut: false)
            {
                Program = slot.Program,
            });
            ChargeStall(slot, timeline.StallUnits - before);
        }
    }

    /// <summary>The weave interval ends: all vCPUs have reached its end.</summary>
    private void CloseInterval(VirtualTime least)
    {
        // An event, or a frame behind the grant, may yet wake a vCPU whose requests come before
        // the end.
        VirtualTime end = VirtualTime.Min(
            _intervalEnd, VirtualTime.Min(NextTime, _grant));
        ulong interval = _options.WeaveInterval.Picoseconds;
        ulong passed = (least - _intervalEnd).Picoseconds / interval;
        if (_pipeline is null)
        {
            WeaveTo(end);
        }
        else
        {
            ClosePipelined(end);
            passed = _pipeline.IsBusy ? 0 : passed;
        }

        _intervals++;
        _intervalEnd += new VirtualDuration(checked((passed + 1) * interval));
    }

    /// <summary>Times all requests before <paramref name="time"/>, which no runnable vCPU has yet
    /// to reach, and adds to each vCPU's clock what its bound charge lacked.</summary>
    private void WeaveTo(VirtualTime time)
    {
        VirtualTime limit =
            VirtualTime.Min(_grant, VirtualTime.Min(_until, NextTime));
        _weaver?.WeaveTo(time, limit);
        SampleRequests(time);
        foreach (PeerWeaver weaver in _windowWeavers)
        {
            weaver.WeaveTo(time, limit);
        }

        Settle();
    }

    private void Settle()
    {
        foreach (VcpuSlot slot in _slots)
        {
            ulong stall = slot.Timeline?.Settle() ?? 0;
            ChargeStall(slot, stall);
            SettleWindow(slot);
            slot.IsHeld &= slot.IsWaiting;
            if (slot.HasActedEarly)
            {
                _unappliedStall += stall;
                slot.HasActedEarly = slot.Timeline!.HasUnanswered;
            }
        }
    }

    /// <summary>The last <see cref="WeaveTo"/> changed something for whoever waits for the same.
    /// </summary>
    private bool HasMovedFor(VcpuSlot slot) => slot.Window.IsOpen
        ? slot.Window.Window!.Weaver.HasMoved
        : _weaver!.HasMoved;
}
