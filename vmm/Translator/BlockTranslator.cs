using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Makes, finds and drops translations.</summary>
internal sealed class BlockTranslator : IDisposable
{
    private readonly CodeCache _cache;
    private readonly RecordBuffer _recordBuffer;
    private readonly TargetMap _map;
    private readonly StepMap _steps = new();
    private readonly StepMap _bare = new();
    private readonly GuestCodeReader _reader;
    private readonly InstructionAnalyzer _analyzer = new();
    private readonly FlagsLiveness _liveness;
    private readonly BlockBuilder _builder;
    private readonly AddressPlan _addresses;
    private readonly BlockEmitter _emitter;
    private readonly BlockPlan _plan = new();
    private readonly X64Emitter _code = new();
    private readonly IInstructionWatch? _watch;
    private ulong _watchVersion;
    private MemoryEventLevel _level;
    private CoreCost _cost;

    public BlockTranslator(
        TranslatorOptions options, IGuestAddressSpace memory, RecordBuffer recordBuffer)
    {
        _recordBuffer = recordBuffer;
        _watch = options.Watch;
        Window = options.Window;
        _map = new TargetMap(Window);
        _cache = new CodeCache(options);
        Tables = new TranslationTables();
        Stubs = Stubs.Emit(_code, _cache);
        AddStubSites();
        _reader = new GuestCodeReader(memory, Window);
        _liveness = new FlagsLiveness(_reader);
        _builder = new BlockBuilder(options, _reader, _analyzer);
        _addresses = new AddressPlan(Tables);
        Places = options.Profile is null ? null : new PlaceTable(options.Profile, memory);
        BranchEmitter branches = new(_code, Tables, _map, _steps, Stubs, Window);
        _emitter = new BlockEmitter(_code, Tables, _addresses, branches, Stubs, options);
    }

    public TranslationTables Tables { get; }

    /// <summary>Null unless somebody wants to know.</summary>
    public PlaceTable? Places { get; }

    public Stubs Stubs { get; }

    public AddressWindow Window { get; }

    /// <summary>Counts how often all translations were dropped.</summary>
    public ulong Generation { get; private set; }

    /// <summary>The next translation does not drop all others.</summary>
    public bool HasRoom => _cache.HasRoom && Tables.HasRoom;

    /// <summary>What translations from now on report and cost; drops those made so far.</summary>
    public CoreCost Cost => _cost;

    public void Configure(MemoryEventLevel level, in CoreCost cost)
    {
        _level = level;
        _cost = cost;
        Forget();
    }

    /// <summary>What is translated while this is false must be dropped by <see cref="Forget"/>
    /// before it is true again, as changes of the code would go unnoticed.</summary>
    public bool WatchesCode
    {
        get => _reader.WatchesPages;
        set => _reader.WatchesPages = value;
    }

    /// <summary>Host address of the translation of the code at <paramref name="rip"/>, made if need
    /// be.</summary>
    /// <returns>0 if the code can't be fetched, the first such byte being at
    /// <paramref name="faultAddress"/>; or if it is to be looked at first, so that no fast block may
    /// begin there.</returns>
    public ulong Find(ulong rip, BlockMode mode, out ulong faultAddress)
    {
        faultAddress = 0;
        if (mode == BlockMode.Fast && _watch is not null && _watch.IsStop(rip))
        {
            return 0;
        }

        ulong known = mode switch
        {
            BlockMode.Fast => FindFast(rip),
            BlockMode.Step => _steps.Find(rip),
            _ => _bare.Find(rip),
        };
        return known != 0 ? known : Translate(rip, mode, out faultAddress);
    }

    /// <summary>Makes the jump of a link lead to its target.</summary>
    public void Patch(in ExitSite link, ulong target) => _cache.Patch(link.PatchAt, target);

    /// <summary>Offset in the cache of a host address.</summary>
    public uint OffsetOf(ulong host) => _cache.OffsetOf(host);

    /// <summary>Writes a path's number at the vCPU's record cursor.</summary>
    public void WriteHeader(VcpuContext vcpu, int path)
    {
        _recordBuffer.Next(vcpu) = (uint)path;
    }

    /// <summary>Takes back the misses that an instruction recorded before it faulted: those behind
    /// the last path whose templates are not below <paramref name="firstTemplate"/>. The filter must
    /// forget their lines, which nobody has touched.</summary>
    public void DropMisses(VcpuContext vcpu, int firstTemplate, LineFilter filter)
    {
        ReadOnlySpan<ulong> words = _recordBuffer.Written(vcpu);
        int cut = words.Length;
        for (int at = 0; at < words.Length;)
        {
            uint number = (uint)words[at];
            bool isMiss = (number & FilterEmitter.MissBit) != 0;
            if (!isMiss)
            {
                cut = words.Length;
            }
            else if (cut > at && (number & ~FilterEmitter.MissBit) >= (uint)firstTemplate)
            {
                cut = at;
            }

            at += isMiss ? 2 : 1;
        }

        for (int at = cut; at < words.Length; at += 2)
        {
            AccessTemplate template =
                Tables.Templates[(int)((uint)words[at] & ~FilterEmitter.MissBit)];
            if (template.Kind == MemoryEventKind.Fetch)
            {
                filter.ForgetFetch(vcpu, (ulong)template.Displacement);
            }
            else
            {
                filter.Forget(vcpu, words[at + 1], template.Size);
            }
        }

        vcpu.Counter -= sizeof(ulong) * (long)(words.Length - cut);
    }

    /// <summary>Decodes one guest instruction and finds its accesses.</summary>
    public bool TryAnalyze(ulong rip, ref GuestInstruction item, List<AccessSpec> accesses)
    {
        _reader.ForgetBytes();
        accesses.Clear();
        if (!_reader.TryDecode(rip, out item.Decoded, out _))
        {
            return false;
        }

        _analyzer.Analyze(ref item, accesses);
        return true;
    }

    public bool HasCodeIn(ulong start, ulong lengthBytes) => _reader.IsWatched(start, lengthBytes);

    /// <summary>Drops all translations if other addresses are watched than when they were made.
    /// </summary>
    public void TakeStops()
    {
        if (_watch is not null && _watch.Version != _watchVersion)
        {
            _watchVersion = _watch.Version;
            Forget();
        }
    }

    /// <summary>Drops all translations.</summary>
    public void Forget()
    {
        _map.Forget();
        _steps.Forget();
        _bare.Forget();
        _liveness.Forget();
        _reader.ForgetPages();
        _cache.DropBlocks();
        Tables.Forget();
        Places?.Forget();
        AddStubSites();
        Generation++;
    }

    public void Dispose()
    {
        _map.Dispose();
        _cache.Dispose();
        Tables.Dispose();
    }

    private void AddStubSites()
    {
        uint miss = Tables.Add(new ExitSite { Kind = ExitKind.IndirectMiss });
        uint fault = Tables.Add(new ExitSite { Kind = ExitKind.HostFault });
        Invariant.Require(miss == Stubs.IndirectMissSite && fault == Stubs.HostFaultSite);
    }

    private ulong FindFast(ulong rip)
    {
        uint offset = _map.Find(rip);
        return offset == 0 ? 0 : _cache.AddressOf(BlockEmitter.DirectEntry(offset));
    }

    private ulong Translate(ulong rip, BlockMode mode, out ulong faultAddress)
    {
        if (!HasRoom)
        {
            Forget();
        }

        if (!_builder.TryBuild(
            _plan, rip, mode, _level, out RegisterPlan registers, out faultAddress))
        {
            return 0;
        }

        _liveness.Annotate(_plan);
        MemoryEventLevel level = mode == BlockMode.Bare ? MemoryEventLevel.Off : _level;
        _addresses.Make(_plan, level, _cost);
        if (level != MemoryEventLevel.Off)
        {
            Places?.Add(_plan, _addresses, Tables.TemplateCount);
        }

        _emitter.Emit(_plan, registers, _level, _cache);
        uint start = (uint)_cache.Used;
        uint indirect = start + _emitter.IndirectEntry;
        uint direct = mode == BlockMode.Fast ? BlockEmitter.DirectEntry(indirect) : start;
        ulong host = _cache.AddressOf(direct);
        _cache.Append(_code.Code);
        Publish(rip, mode, indirect, host);
        return host;
    }

    /// <summary>Last of all: what can be found is whole.</summary>
    private void Publish(ulong rip, BlockMode mode, uint indirectEntry, ulong host)
    {
        switch (mode)
        {
            case BlockMode.Fast:
                _map.Add(rip, indirectEntry);
                break;
            case BlockMode.Step:
                _steps.Add(rip, host);
                break;
            default:
                _bare.Add(rip, host);
                break;
        }
    }
}
