using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Rebuilds a vCPU's memory records from what its code left in the record buffer, and
/// counts its instructions. One per vCPU; its columns are reused.</summary>
internal sealed class RecordDecoder(
    VcpuId id, TranslationTables tables, IMemoryEventSink sink, SoftTlb tlb, PlaceTable? places = null)
{
    private const int Capacity = 8192;

    /// <summary>More records than any one block or instruction chunk makes, split ones included.
    /// </summary>
    private const int BlockRecordsMax = 8 * BlockPlan.InstructionsMax;
    private const ulong LineMask = ~63UL;
    private const ulong NoLine = ulong.MaxValue;

    private readonly ulong[] _addresses = new ulong[Capacity];
    private readonly byte[] _sizes = new byte[Capacity];
    private readonly MemoryEventKind[] _kinds = new MemoryEventKind[Capacity];
    private readonly uint[] _offsets = new uint[Capacity];
    private readonly uint[] _distances = new uint[Capacity];
    private readonly int[] _newPages = new int[Capacity];
    private readonly int[] _places = new int[places is null ? 0 : Capacity];
    private readonly ulong[] _virtual = new ulong[places is null ? 0 : Capacity];
    private readonly ProducerTracker _producers = new(tables);
    private BranchEvent[] _branches = [];
    private readonly ulong[] _segments = new ulong[RecordLoop.SlowBase];
    private RecordLoop.Progress _progress = new() { LastLine = NoLine };
    private SuppressedCounts _suppressed;
    private SuppressedCounts _sure;
    private int _newPageCount;
    private int _branchCount;

    /// <summary>The last branch goes to whatever comes next.</summary>
    private bool _awaitsTarget;

    /// <summary>With every access recorded: tells of each which load its address comes from.</summary>
    public bool TracksProducers { get; set; }

    /// <summary>With every access recorded: sure hits are left out and counted.</summary>
    public bool LeavesOutSureHits { get; set; }

    /// <summary>Tells the branches.</summary>
    public bool RecordsBranches
    {
        get;
        set
        {
            field = value;
            _branches = value && _branches.Length == 0 ? new BranchEvent[Capacity] : _branches;
        }
    }

    /// <summary>Cost units of the slice's decoded instructions.</summary>
    public ulong Units => _progress.Units;

    /// <summary>The slice's decoded instructions.</summary>
    public ulong Instructions => _progress.Instructions;

    public void BeginSlice()
    {
        _producers.BeginSlice(_progress.Units);
        _progress.Units = 0;
        _progress.Instructions = 0;
    }

    /// <summary>The next fetch counts as entering a line, wherever it is.</summary>
    public void ForgetLine() => _progress.LastLine = NoLine;

    public void DropLine(ulong physicalLine)
    {
        if (_progress.LastLine != NoLine
            && ((_progress.LastLine ^ physicalLine) & GuestPage.OffsetMask & LineMask) == 0
            && tlb.TryTranslate(_progress.LastLine, out ulong physical)
            && physical == (physicalLine & LineMask))
        {
            _progress.LastLine = NoLine;
        }
    }

    /// <summary>Decodes what a vCPU recorded with every access. HOT: per block and access.
    /// </summary>
    public void DecodeFull(ReadOnlySpan<ulong> words, in GuestRegisters registers)
    {
        _segments[(int)GuestSegment.Fs] = registers.FsBase;
        _segments[(int)GuestSegment.Gs] = registers.GsBase;
        if (!RecordsBranches)
        {
            DecodeFull(words);
            return;
        }

        for (int at = 0; at < words.Length;)
        {
            int path = (int)(uint)words[at];
            int length = 1 + tables.Paths[path].ValueCount;
            AddBranches(path);
            DecodeFull(words.Slice(at, length));
            at += length;
        }
    }

    private void DecodeFull(ReadOnlySpan<ulong> words)
    {
        RecordLoop.Columns columns = new(_addresses, _sizes, _kinds, _offsets);
        int at = 0;
        while (true)
        {
            at = places is not null ? at : DecodeFast(words, at, columns);
            if (at == words.Length)
            {
                return;
            }

            if (_progress.Count > Capacity - BlockRecordsMax)
            {
                Flush(final: false);
            }
            else
            {
                at = DecodeSlowly(words, at);
            }
        }
    }

    private int DecodeFast(ReadOnlySpan<ulong> words, int at, in RecordLoop.Columns columns) => TracksProducers
        ? ProducerLoop.Run(
            words, at, tables.Paths, tables.Flows, tables.Templates, _segments, tlb.Items, columns, _distances,
            _producers.Latest, _producers.SliceStart, Capacity - BlockRecordsMax, ref _progress)
        : RecordLoop.Run(
            words, at, tables.Paths, tables.Templates, _segments, tlb.Items, columns,
            Capacity - BlockRecordsMax, ref _progress);

    /// <summary>As <see cref="DecodeFull"/>, and leaves out sure hits. HOT: per block and access.</summary>
    public void DecodeUnsure(ReadOnlySpan<ulong> words, VcpuContext vcpu, LineFilter filter)
    {
        _segments[(int)GuestSegment.Fs] = vcpu.Registers.FsBase;
        _segments[(int)GuestSegment.Gs] = vcpu.Registers.GsBase;
        RecordLoop.Columns columns = new(_addresses, _sizes, _kinds, _offsets);
        int at = 0;
        while (true)
        {
            at = SureHitLoop.Run(
                words, at, tables.Paths, tables.Templates, _segments, tlb.Items, filter.Of(vcpu), columns,
                Capacity - BlockRecordsMax, ref _progress, ref _sure);
            if (_progress.Item > 0 || at < words.Length && _progress.Made <= Capacity - BlockRecordsMax)
            {
                DecodeItem(words, at, vcpu, filter);
            }
            else if (at == words.Length)
            {
                return;
            }
            else
            {
                Flush(final: false);
            }
        }
    }

    /// <summary>Decodes what a vCPU recorded behind its filter. HOT: per block and record.
    /// </summary>
    public void DecodeFiltered(ReadOnlySpan<ulong> words)
    {
        if (!RecordsBranches)
        {
            DecodeRecords(words);
            return;
        }

        for (int at = 0; at < words.Length;)
        {
            int end = at;
            while (end < words.Length && ((uint)words[end] & FilterEmitter.MissBit) != 0)
            {
                end += 2;
            }

            if (end < words.Length)
            {
                AddBranches((int)(uint)words[end++]);
            }

            DecodeRecords(words[at..end]);
            at = end;
        }
    }

    private void DecodeRecords(ReadOnlySpan<ulong> words)
    {
        if (places is null)
        {
            DecodeBehindFilter(words);
        }
        else
        {
            DecodeWithPlaces(words, places);
        }
    }

    private void DecodeBehindFilter(ReadOnlySpan<ulong> words)
    {
        RecordLoop.Columns columns = new(_addresses, _sizes, _kinds, _offsets);
        int at = 0;
        while (true)
        {
            at = FilteredLoop.Run(
                words, at, tables.Paths, tables.Templates, tlb.Items, columns,
                Capacity - BlockRecordsMax, ref _progress, ref _suppressed);
            if (at == words.Length)
            {
                return;
            }

            if (_progress.Count > Capacity - BlockRecordsMax)
            {
                Flush(final: false);
            }
            else
            {
                DecodeSlowly((uint)words[at], words[at + 1]);
                at += 2;
            }
        }
    }

    /// <summary>Adds an instruction that the engine did itself.</summary>
    public void Retire(
        ulong rip,
        int length,
        List<DynamicRecord> accesses,
        ulong units,
        VcpuContext vcpu,
        LineFilter? filter)
    {
        Flush(final: false);
        ContinueAt(rip);
        int place = places?.PlaceOf(rip) ?? 0;
        uint offset = (uint)Units;
        long fetches = 0;
        for (ulong line = rip & LineMask; line <= rip + (ulong)length - 1; line += 64)
        {
            bool known = filter is null || LeavesOutSureHits
                ? line == _progress.LastLine
                : filter.KnowsFetch(vcpu, line);
            _progress.LastLine = line;
            if (!known)
            {
                if (LeavesOutSureHits)
                {
                    filter!.ForgetFetch(vcpu, line);
                }

                Add(line, 64, MemoryEventKind.Fetch, offset, 0, place);
                fetches++;
            }
        }

        _progress.SuppressedFetches += 1 - fetches;
        foreach (DynamicRecord access in accesses)
        {
            if (_progress.Made > Capacity - BlockRecordsMax)
            {
                Flush(final: false);
            }

            filter?.Forget(vcpu, access.Address, access.Size);
            Add(access.Address, access.Size, access.Kind, offset, 0, place);
        }

        _progress.Units += units;
        _progress.Instructions++;
        places?.Retired(id, rip, units, accesses);
    }

    /// <summary>Adds accesses of an instruction that faulted on its way.</summary>
    public void AddPartial(
        ulong rip, List<DynamicRecord> accesses, ulong units, VcpuContext vcpu, LineFilter? filter)
    {
        int place = places?.PlaceOf(rip) ?? 0;
        foreach (DynamicRecord access in accesses)
        {
            if (_progress.Made > Capacity - BlockRecordsMax)
            {
                Flush(final: false);
            }

            filter?.Forget(vcpu, access.Address, access.Size);
            Add(access.Address, access.Size, access.Kind, (uint)Units, 0, place);
        }

        _progress.Units += units;
        places?.Faulted(rip, units);
    }

    /// <summary>Hands the columns to the sink. Only the last block of a slice has the counts, when
    /// every miss has met its path.</summary>
    public void Flush(bool final)
    {
        // One that is not told of in full yet goes into the next block.
        int branches = _awaitsTarget ? _branchCount - 1 : _branchCount;
        Invariant.Require(!final || !_awaitsTarget);
        SuppressedHits suppressed = final ? TakeSuppressed() : default;
        if (_progress.Made == 0 && branches == 0 && suppressed == default)
        {
            return;
        }

        sink.Append(new MemoryEventBlock
        {
            Vcpu = id,
            Addresses = _addresses.AsSpan(0, _progress.Count),
            Sizes = _sizes.AsSpan(0, _progress.Count),
            Kinds = _kinds.AsSpan(0, _progress.Count),
            Offsets = _offsets.AsSpan(0, _progress.Count),
            Distances = TracksProducers ? _distances.AsSpan(0, _progress.Count) : [],
            Branches = _branches.AsSpan(0, branches),
            Places = places is null ? [] : _places.AsSpan(0, _progress.Count),
            VirtualAddresses = places is null ? [] : _virtual.AsSpan(0, _progress.Count),
            Space = places?.Space,
            Suppressed = suppressed,
            SureHits = TakeSureHits(),
            NewPages = _newPages.AsSpan(0, _newPageCount),
            TellsNewPages = true,
        });
        _progress.Count = 0;
        _progress.Elided = 0;
        _newPageCount = 0;
        _branches.AsSpan(branches, _branchCount - branches).CopyTo(_branches);
        _branchCount -= branches;
    }

    /// <summary>Where the vCPU is now, and so where the branch before went. HOT: per path, with branches.</summary>
    public void ContinueAt(ulong rip)
    {
        if (_awaitsTarget)
        {
            ref BranchEvent branch = ref _branches[_branchCount - 1];
            branch = branch with { Target = rip };
            _awaitsTarget = false;
        }
    }

    /// <summary>A path that was decoded in part has its records counted, but not yet its accesses; a block
    /// ends between paths.</summary>
    private SuppressedHits TakeSureHits()
    {
        SuppressedCounts sure = _sure;
        Invariant.Require(sure.Loads >= 0 && sure.Stores >= 0 && sure.Modifies >= 0
            && sure.Atomics >= 0 && sure.Fetches >= 0);
        _sure = default;
        return new SuppressedHits(
            (ulong)sure.Loads, (ulong)sure.Stores, (ulong)sure.Modifies, (ulong)sure.Atomics, (ulong)sure.Fetches);
    }

    /// <summary>Notes a path's branches, before its records are decoded, which go into the same block. HOT: per
    /// path.</summary>
    private void AddBranches(int number)
    {
        BranchSpan span = tables.BranchesOf(number);
        ContinueAt(span.Head);
        if (Math.Max(_progress.Count, _branchCount) > Capacity - BlockRecordsMax)
        {
            Flush(final: false);
        }

        ReadOnlySpan<BranchSite> sites = tables.Branches.Slice(span.First, span.Count);
        for (int i = 0; i < sites.Length; i++)
        {
            ref readonly BranchSite site = ref sites[i];
            bool leaves = span.LeavesAtLast && i == sites.Length - 1;
            uint distance = TracksProducers
                ? _producers.DistanceOf(site, tables.Paths[number].FirstTemplate, Units)
                : 0;
            bool isConditional = site.Kind == BranchKind.Conditional;
            ulong target = leaves ? 0 : site.Target;
            _awaitsTarget = target == 0 && site.Kind > BranchKind.Call;
            Invariant.Require(!_awaitsTarget || i == sites.Length - 1);
            _branches[_branchCount++] = new BranchEvent(
                site.Rip, (uint)Units + site.OffsetUnits, distance, !isConditional || site.IsFollowedTaken != leaves)
            {
                Place = places?.PlaceOfBranch(span.First + i) ?? 0,
                Kind = site.Kind,
                Target = target,
                ReturnTo = site.ReturnTo,
                LoadsTarget = site.LoadsTarget,
            };
        }
    }

    /// <summary>A fetch of two lines by one instruction can make the fetches of a short slice
    /// outnumber its instructions; the debt is carried to the next.</summary>
    private SuppressedHits TakeSuppressed()
    {
        Invariant.Require(_suppressed.Loads >= 0 && _suppressed.Stores >= 0
            && _suppressed.Modifies >= 0 && _suppressed.Atomics >= 0);
        long fetches = Math.Max(0, _progress.SuppressedFetches);
        SuppressedHits taken = new(
            (ulong)_suppressed.Loads,
            (ulong)_suppressed.Stores,
            (ulong)_suppressed.Modifies,
            (ulong)_suppressed.Atomics,
            (ulong)fetches);
        _suppressed = default;
        _progress.SuppressedFetches -= fetches;
        return taken;
    }

    private void DecodeWithPlaces(ReadOnlySpan<ulong> words, PlaceTable table)
    {
        for (int at = 0; at < words.Length;)
        {
            if (_progress.Count > Capacity - BlockRecordsMax)
            {
                Flush(final: false);
            }

            uint number = (uint)words[at];
            if ((number & FilterEmitter.MissBit) != 0)
            {
                DecodeSlowly(number, words[at + 1]);
                at += 2;
                continue;
            }

            ref BlockPath path = ref tables.Paths[(int)number];
            _progress.Units += path.Units;
            _progress.Instructions += path.Instructions;
            _progress.SuppressedFetches += path.Instructions;
            _suppressed.Loads += path.Loads;
            _suppressed.Stores += path.Stores;
            _suppressed.Modifies += path.Modifies;
            _suppressed.Atomics += path.Atomics;
            table.Ran(id, path);
            at++;
        }
    }

    /// <summary>Decodes one record that has something out of the ordinary.</summary>
    private void DecodeSlowly(uint number, ulong value)
    {
        int index = (int)(number & ~FilterEmitter.MissBit);
        ref AccessTemplate template = ref tables.Templates[index];
        ulong address = template.Kind == MemoryEventKind.Fetch
            ? (ulong)template.Displacement
            : value;
        CountRecord(template.Kind);
        int place = places?.PlaceOf(index) ?? 0;
        Add(address, template.Size, template.Kind, (uint)Units + template.OffsetUnits, 0, place);
    }

    /// <summary>Decodes the next record of a path, which has something out of the ordinary.</summary>
    private void DecodeItem(ReadOnlySpan<ulong> words, int at, VcpuContext vcpu, LineFilter filter)
    {
        BlockPath path = tables.Paths[(int)(uint)words[at]];
        int skipped = path.FirstLine == _progress.LastLine ? 1 : 0;
        ref AccessTemplate template = ref tables.Templates[path.FirstTemplate + skipped + _progress.Item];
        ulong address = AddressOf(template, words.Slice(at + 1, path.ValueCount));
        Add(address, template.Size, template.Kind, (uint)Units + template.OffsetUnits, 0, place: 0);
        if (template.Kind == MemoryEventKind.Fetch)
        {
            filter.ForgetFetch(vcpu, address);
        }
        else
        {
            filter.Forget(vcpu, address, template.Size);
        }

        CountSure(template.Kind);
        _progress.Item++;
    }

    private void CountSure(MemoryEventKind kind)
    {
        switch (kind)
        {
            case MemoryEventKind.Load:
                _sure.Loads--;
                break;
            case MemoryEventKind.Store:
                _sure.Stores--;
                break;
            case MemoryEventKind.Modify:
                _sure.Modifies--;
                break;
            case MemoryEventKind.Atomic:
                _sure.Atomics--;
                break;
            case MemoryEventKind.Fetch:
                _sure.Fetches--;
                break;
        }
    }

    private void CountRecord(MemoryEventKind kind)
    {
        switch (kind)
        {
            case MemoryEventKind.Load:
                _suppressed.Loads--;
                break;
            case MemoryEventKind.Store:
                _suppressed.Stores--;
                break;
            case MemoryEventKind.Modify:
                _suppressed.Modifies--;
                break;
            case MemoryEventKind.Atomic:
                _suppressed.Atomics--;
                break;
            case MemoryEventKind.Fetch:
                _progress.SuppressedFetches--;
                break;
        }
    }

    /// <summary>Decodes one path that has something out of the ordinary: a page seen for the first
    /// time, an access over two pages, a hint.</summary>
    private int DecodeSlowly(ReadOnlySpan<ulong> words, int at)
    {
        BlockPath path = tables.Paths[(int)(uint)words[at]];
        ReadOnlySpan<ulong> values = words.Slice(at + 1, path.ValueCount);
        int skipped = path.FirstLine == _progress.LastLine ? 1 : 0;
        ReadOnlySpan<AccessTemplate> block = tables.Templates.Slice(
            path.FirstTemplate + skipped, path.TemplateCount - skipped);
        AddBlock(block, values, (uint)Units, path.FirstTemplate + skipped);
        if (TracksProducers)
        {
            _producers.Finish((int)(uint)words[at], Units);
        }

        _progress.Finish(path, skipped);
        places?.Ran(id, path);
        return at + 1 + path.ValueCount;
    }

    private void AddBlock(
        ReadOnlySpan<AccessTemplate> block, ReadOnlySpan<ulong> values, uint units, int firstTemplate)
    {
        for (int i = 0; i < block.Length; i++)
        {
            ref readonly AccessTemplate template = ref block[i];
            ulong address = AddressOf(template, values);
            uint distance = TracksProducers ? _producers.DistanceOf(firstTemplate + i, Units) : 0;
            int place = places?.PlaceOf(firstTemplate + i) ?? 0;
            Add(address, template.Size, template.Kind, units + template.OffsetUnits, distance, place);
        }
    }

    private ulong AddressOf(in AccessTemplate template, ReadOnlySpan<ulong> values)
    {
        ulong address = (ulong)template.Displacement;
        if (template.Slot >= 0)
        {
            address += values[template.Slot];
        }

        if (template.Address32)
        {
            address = (uint)address;
        }

        return address + _segments[(int)template.Segment];
    }

    /// <summary>An access that crosses a page becomes two records, as its frames need not be
    /// neighbours. HOT: per access.</summary>
    private void Add(ulong address, byte size, MemoryEventKind kind, uint offset, uint distance, int place)
    {
        if ((address & GuestPage.OffsetMask) + size > GuestPage.SizeBytes)
        {
            byte before = (byte)(GuestPage.SizeBytes - (address & GuestPage.OffsetMask));
            Add(address, before, kind, offset, distance, place);
            Add(address + before, (byte)(size - before), kind, offset, distance, place);
            return;
        }

        ulong physical;
        bool isNew = true;
        if (kind is MemoryEventKind.Prefetch or MemoryEventKind.Flush)
        {
            if (!tlb.TryTranslate(address, out physical))
            {
                return;
            }
        }
        else
        {
            physical = tlb.Translate(address, out isNew);
        }

        int at = _progress.Count++;
        if (isNew)
        {
            _newPages[_newPageCount++] = at;
        }

        _addresses[at] = physical;
        _sizes[at] = size;
        _kinds[at] = kind;
        _offsets[at] = offset;
        _distances[at] = distance;
        if (places is not null)
        {
            _places[at] = place;
            _virtual[at] = address;
        }
    }
}
