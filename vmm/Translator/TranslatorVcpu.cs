using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>A vCPU of the translator while it runs one process.
/// <code>
/// Run: left = budget
///   left is used up ........................ budget exit
///   left > margin: fast blocks, granted at most left - margin, so that the rest is stepped:
///                  a fast block's head may lose flags that nothing can read, and
///                  the last steps make them exact again before the slice ends
///   else: step blocks, granted left, which stop at the exact instruction
/// </code></summary>
internal sealed class TranslatorVcpu
{
    /// <summary>Longest stretch between two looks at the record buffer, in instructions, and how
    /// much of the buffer one instruction can fill.</summary>
    private const int GrantInstructions = 16 << 10;
    private const int InstructionRecordBytesMax = 96;
    private const long GrantUnitsMax = 1 << 30;

    /// <summary>A debugger can stop a vCPU after so much.</summary>
    private const long WatchedUnitsMax = 1 << 24;

    private const uint GuestFlagsMask = 0x0020_0CD5;
    private const uint FixedFlags = 0x202;

    private readonly VcpuContext _context;
    private readonly BlockTranslator _translator;
    private readonly RecordBuffer _recordBuffer;
    private readonly RecordDecoder _decoder;
    private readonly LineFilter _filter;
    private readonly EngineInstructions _engineInstructions;
    private readonly IGuestAddressSpace _memory;
    private readonly WindowInstruction _window;
    private readonly VcpuId _id;
    private readonly IInstructionWatch? _watch;
    private MemoryEventLevel _level;
    private CoreCost _cost;
    private bool _leavesOut;
    private long _margin;
    private long _grantMax;
    private long _left;
    private ulong _spent;
    private bool _stepping;

    /// <summary>One instruction is run, and then looked.</summary>
    private bool _single;
    private bool _stateShown;
    private bool _isEntered;

    /// <summary>Where a store faulted last, and which translations there were then.</summary>
    private ulong _storeFaultRip;
    private ulong _storeFaultGeneration;

    public TranslatorVcpu(
        VcpuId id,
        BlockTranslator translator,
        RecordBuffer recordBuffer,
        RecordDecoder decoder,
        LineFilter filter,
        CpuidTable cpuid,
        IGuestAddressSpace memory,
        IInstructionWatch? watch)
    {
        _id = id;
        _watch = watch;
        _context = recordBuffer.ContextOf(id);
        _memory = memory;
        _window = new WindowInstruction(_context, translator, memory);
        _translator = translator;
        _recordBuffer = recordBuffer;
        _decoder = decoder;
        _filter = filter;
        _engineInstructions = new EngineInstructions(
            _context, translator, cpuid, id, filter);
    }

    public Span<byte> ExtendedState
    {
        get
        {
            if (!_stateShown)
            {
                // Once: what the caller has written since is not in the registers yet.
                VectorState.Show(_context);
                _stateShown = true;
            }

            return _context.Extended;
        }
    }

    private bool Records => _level != MemoryEventLevel.Off;

    /// <summary>Whose tags a record that the engine makes must keep true.</summary>
    private LineFilter? Filter => _leavesOut || _level == MemoryEventLevel.Filtered ? _filter : null;

    private ulong UnitsPerLoad => Records ? _cost.UnitsPerLoad : 0;

    public void Configure(MemoryEventLevel level, in CoreCost cost)
    {
        Invariant.Require(level != MemoryEventLevel.Sampled);
        _level = level;
        _cost = cost;
        _decoder.TracksProducers = level == MemoryEventLevel.Full && cost.TracksProducers;
        _leavesOut = level == MemoryEventLevel.Full && cost.LeavesOutSureHits;
        _decoder.LeavesOutSureHits = _leavesOut;
        _decoder.RecordsBranches = level != MemoryEventLevel.Off && cost.RecordsBranches;
        long perInstruction = (long)(cost.UnitsPerInstruction + (2 * UnitsPerLoad));
        _margin = FlagsLiveness.StepsToPrecision * perInstruction;
        _grantMax = Records
            ? Math.Min(GrantInstructions * (long)cost.UnitsPerInstruction, GrantUnitsMax)
            : _watch is null ? long.MaxValue : WatchedUnitsMax;
        FlushOwnFilter();
    }

    /// <summary>As <see cref="IVcpu.Run"/>.</summary>
    public VcpuExit Run(uint budgetUnits)
    {
        Invariant.Require(budgetUnits is >= 1 and <= int.MaxValue);
        BeginSlice(budgetUnits);
        return StoresToOwnPage && TryRunAlone(out VcpuExit early) || TryRunOn(out early)
            ? early
            : Finish(ExitReason.BudgetExhausted);
    }

    /// <summary>The store at rip faulted, and the kernel has had translations dropped to let it
    /// through: its page may be the one that it is itself on.</summary>
    private bool StoresToOwnPage => _storeFaultRip == _context.Registers.Rip
        && _storeFaultRip != 0 && _storeFaultGeneration != _translator.Generation;

    /// <summary>Does one instruction without watching its page: watching would make the store fault
    /// again, for ever.</summary>
    private bool TryRunAlone(out VcpuExit exit)
    {
        long left = _left;
        _left = 1;
        _stepping = true;
        _storeFaultRip = 0;
        _translator.WatchesCode = false;
        bool hasEnded = TryRunOn(out exit);
        _translator.Forget();
        _translator.WatchesCode = true;
        _stepping = false;
        _left += left - 1;
        return hasEnded;
    }

    /// <returns>False if the budget is used up.</returns>
    private bool TryRunOn(out VcpuExit exit)
    {
        exit = default;
        while (_left > 0)
        {
            _stepping |= _left <= _margin;
            _single = _watch is not null && Look(_watch);
            ulong host = _translator.Find(_context.Registers.Rip, Mode, out ulong faultAddress);
            if (host == 0)
            {
                exit = FetchFault(faultAddress);
                return true;
            }

            if (TryFinish(Enter(host), out exit))
            {
                return true;
            }
        }

        return false;
    }

    private BlockMode Mode => _stepping || _single ? BlockMode.Step : BlockMode.Fast;

    /// <summary>Lets who watches look before the instruction at rip.</summary>
    /// <returns>Only that one may run until the next look.</returns>
    private bool Look(IInstructionWatch watch)
    {
        if (watch.WatchesAll(_id) || watch.IsStop(_context.Registers.Rip))
        {
            watch.Before(_id, Retired, _spent);
            ReadState();
            _translator.TakeStops();
        }

        return (watch.HasStops && (_stepping || watch.IsStop(_context.Registers.Rip)))
            || watch.WatchesAll(_id);
    }

    /// <summary>Instructions of the slice so far.</summary>
    private ulong Retired => Records ? _decoder.Instructions : _spent / _cost.UnitsPerInstruction;

    /// <summary>As <see cref="IVcpu.TryFindSpin"/>.</summary>
    public bool TryFindSpin(int instructionsMax, out SpinIteration iteration)
    {
        ReadState();
        bool found = _engineInstructions.TryFindSpin(
            instructionsMax,
            _watch is null ? null : LookAtSpin,
            out ulong instructions,
            out ulong loads);
        ulong units = (instructions * _cost.UnitsPerInstruction) + (loads * UnitsPerLoad);
        iteration = new SpinIteration(instructions, units, loads);
        return found;
    }

    private void LookAtSpin(ulong instructions, ulong loads)
    {
        if (_watch!.WatchesAll(_id) || _watch.IsStop(_context.Registers.Rip))
        {
            _watch.Before(
                _id,
                instructions,
                (instructions * _cost.UnitsPerInstruction) + (loads * UnitsPerLoad));
            ReadState();
        }
    }

    /// <summary>As <see cref="IVcpu.RunWindowAccess"/>.</summary>
    public VcpuExit RunWindowAccess(in WindowAccess access, Span<byte> bytes)
    {
        Invariant.Require(access.Refusal is null);
        Invariant.Require(bytes.IsEmpty || bytes.Length == access.SizeBytes);
        BeginSlice(1);
        Span<byte> open = _memory.OpenWindow(access.Address, access.SizeBytes);
        bytes.CopyTo(open);
        bool done = _engineInstructions.TryRunPlain(out GuestFault fault);
        if (!bytes.IsEmpty)
        {
            open.CopyTo(bytes);
        }

        _memory.CloseWindow(access.Address, access.SizeBytes);
        if (!done)
        {
            return Fault(fault);
        }

        Retire(_cost.UnitsPerInstruction);
        return Finish(ExitReason.BudgetExhausted);
    }

    /// <summary>As <see cref="IVcpu.DropFilterLines"/>.</summary>
    public void DropFilterLines(ReadOnlySpan<GuestPhysicalAddress> lines)
    {
        for (int i = 0; i < lines.Length; i++)
        {
            _filter.Drop(_context, lines[i].Value);
            _decoder.DropLine(lines[i].Value);
        }
    }

    /// <summary>As <see cref="IVcpu.FlushFilter"/>.</summary>
    public void FlushFilter()
    {
        LineFilter.Flush(_context);
        _decoder.ForgetLine();
    }

    /// <summary>As <see cref="FlushFilter"/>, if the vCPU runs this process.</summary>
    public void FlushOwnFilter()
    {
        if (_isEntered)
        {
            FlushFilter();
        }
    }

    /// <summary>From now on this is what the context runs.</summary>
    public void Enter()
    {
        _context.Quad(VcpuContextLayout.FaultExit) = _translator.Stubs.FaultExit;
        _decoder.ForgetLine();
        _isEntered = true;
    }

    /// <summary>The context runs something else from now on, and has all guest state.</summary>
    public void Leave()
    {
        if (_isEntered)
        {
            ReadState();
            _isEntered = false;
        }
    }

    private void BeginSlice(uint budgetUnits)
    {
        _left = budgetUnits;
        _spent = 0;
        _stepping = false;
        _decoder.BeginSlice();
        ReadState();
        _translator.TakeStops();
    }

    /// <summary>Takes over what the caller may have written to the state it was shown.</summary>
    private void ReadState()
    {
        ref GuestRegisters registers = ref _context.Registers;
        registers.Rflags = (registers.Rflags & GuestFlagsMask) | FixedFlags;
        _context.Quad(VcpuContextLayout.X87Loaded) = 0;
        if (_stateShown)
        {
            VectorState.Read(_context);
            _stateShown = false;
        }
    }

    /// <summary>Runs from a host address until an exit, and settles what was spent.</summary>
    private uint Enter(ulong host)
    {
        long grant = _single ? 1 : Math.Min(_left - (_stepping ? 0 : _margin), _grantMax);
        _context.Counter = Records
            ? (grant << 32) | _recordBuffer.StartFor(_context)
            : grant;
        uint site = _context.Enter(_translator.Stubs.Enter, host);
        while (TryResume(site, out ulong next))
        {
            site = _context.Enter(_translator.Stubs.Enter, next);
        }

        long before = grant;
        if (_translator.Tables.Site(site).Kind == ExitKind.HostFault)
        {
            _engineInstructions.UndoFault(_level);
        }

        long remaining = Records ? _context.Counter >> 32 : _context.Counter;
        Settle((ulong)(before - remaining));
        if (_translator.Tables.Site(site).Kind == ExitKind.Budget && grant < _grantMax && !_single)
        {
            _stepping = true;
        }

        return site;
    }

    /// <summary>Exits that only the translator needs: go on with the same grant.</summary>
    private bool TryResume(uint number, out ulong host)
    {
        ExitSite site = _translator.Tables.Site(number);
        host = 0;
        switch (site.Kind)
        {
            case ExitKind.NeedX87:
                _context.Quad(VcpuContextLayout.X87Loaded) = 1;
                _context.Registers.Rip = site.Rip;
                break;
            case ExitKind.Link:
                _context.Registers.Rip = site.Rip;
                break;
            case ExitKind.IndirectMiss:
                _context.Registers.Rip = _context.Quad(VcpuContextLayout.Target);
                break;
            default:
                return false;
        }

        if (Records && !_translator.HasRoom)
        {
            // Headers in the buffer name paths that are about to go.
            Drain();
        }

        ulong generation = _translator.Generation;
        host = _translator.Find(_context.Registers.Rip, Mode, out _);
        if (host != 0 && site.Kind == ExitKind.Link && _translator.Generation == generation)
        {
            _translator.Patch(site, host);
        }

        return host != 0;
    }

    private void Settle(ulong units)
    {
        _left -= (long)units;
        _spent += units;
        if (!Records)
        {
            return;
        }

        Drain();
        Invariant.Require(_decoder.Units == _spent);
    }

    /// <summary>Decodes the record buffer and empties it.</summary>
    private void Drain()
    {
        ReadOnlySpan<ulong> records = _recordBuffer.Written(_context);
        if (_leavesOut)
        {
            _decoder.DecodeUnsure(records, _context, _filter);
        }
        else if (_level == MemoryEventLevel.Full)
        {
            _decoder.DecodeFull(records, _context.Registers);
        }
        else
        {
            _decoder.DecodeFiltered(records);
        }

        _context.Counter = (_context.Counter & ~0xFFFFFFFFL) | _recordBuffer.StartFor(_context);
    }

    private bool TryFinish(uint number, out VcpuExit exit)
    {
        ExitSite site = _translator.Tables.Site(number);
        exit = default;
        ref GuestRegisters registers = ref _context.Registers;
        switch (site.Kind)
        {
            case ExitKind.Budget:
                registers.Rip = site.Rip;
                return false;
            case ExitKind.Link or ExitKind.IndirectMiss or ExitKind.NeedX87:
                return false;
            case ExitKind.HostFault:
                exit = Fault(_engineInstructions.LastFault);
                return true;
            case ExitKind.SystemCall:
                registers.Rip = site.Rip;
                registers.Rcx = site.Rip;
                registers.R11 = registers.Rflags;
                exit = Finish(ExitReason.SystemCall);
                return true;
            case ExitKind.Timestamp or ExitKind.TimestampWithProcessor:
                registers.Rip = site.Rip;
                exit = Finish(
                    ExitReason.TimestampRead,
                    site.Kind == ExitKind.TimestampWithProcessor ? 1 : 0);
                return true;
            case ExitKind.Pause:
                registers.Rip = site.Rip;
                exit = Finish(ExitReason.Pause);
                return true;
            case ExitKind.RegionMark:
                registers.Rip = site.Rip;
                exit = Finish(ExitReason.RegionMark, site.Code);
                return true;
            case ExitKind.Cpuid:
                registers.Rip = site.Rip;
                _engineInstructions.Cpuid();
                return false;
            default:
                registers.Rip = site.Rip;
                return TryFinishEngineInstruction(site, out exit);
        }
    }

    /// <summary>The instruction at rip has not run yet.</summary>
    private bool TryFinishEngineInstruction(in ExitSite site, out VcpuExit exit)
    {
        if (_engineInstructions.TryExecute(site, out GuestFault fault))
        {
            ulong loads = (ulong)_engineInstructions.Loads;
            Retire(_cost.UnitsPerInstruction + (loads * UnitsPerLoad));
            exit = default;
            return false;
        }

        if (Records && _engineInstructions.Records.Count > 0)
        {
            ulong units = (ulong)_engineInstructions.Loads * UnitsPerLoad;
            _decoder.AddPartial(
                _engineInstructions.Rip,
                _engineInstructions.Records,
                units,
                _context,
                Filter);
            _left -= (long)units;
            _spent += units;
        }

        exit = Fault(fault);
        return true;
    }

    /// <summary>Counts an instruction that the engine did.</summary>
    private void Retire(ulong units)
    {
        if (Records)
        {
            _decoder.Retire(
                _engineInstructions.Rip,
                _engineInstructions.Length,
                _engineInstructions.Records,
                units,
                _context,
                Filter);
        }

        _left -= (long)units;
        _spent += units;
    }

    private VcpuExit FetchFault(ulong address) =>
        Fault(new GuestFault(FaultVector.PageFault, FaultAccess.Execute, address));

    private VcpuExit Fault(GuestFault fault)
    {
        if (_window.TryFind(ref fault, out WindowAccess window))
        {
            return Finish(ExitReason.WindowAccess) with { Window = window };
        }

        bool isStore = fault.Vector == FaultVector.PageFault && fault.Access == FaultAccess.Write;
        _storeFaultRip = isStore ? _context.Registers.Rip : 0;
        _storeFaultGeneration = _translator.Generation;
        return Finish(ExitReason.Fault) with
        {
            Vector = fault.Vector,
            Access = fault.Access,
            FaultAddress = fault.Address,
        };
    }

    private VcpuExit Finish(ExitReason reason, int code = 0)
    {
        if (Records)
        {
            _decoder.ContinueAt(_context.Registers.Rip);
            _decoder.Flush(final: true);
        }

        return new VcpuExit
        {
            Reason = reason,
            Instructions = Retired,
            Units = _spent,
            Code = code,
        };
    }
}
