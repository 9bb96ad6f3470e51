using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Turns a plan into host code.
/// <code>
/// indirect entry:  mov rcx, [slot]           only fast blocks; one that wants rcx in its slot
/// direct entry:    [x87 guard]               has the direct entry first: mov [slot], rcx
///                  counter -= cost of block; if negative, go cold: budget exit
///                  lend registers
/// warm:            guest instructions; conditional ways out go cold: side exits
///                  header into the record buffer
///                  loop: counter -= cost; if not negative, back to warm
///                  give registers back; on to the next block
/// cold:            side exits give back what the rest of the block would have cost
///                  budget exits, link stubs, constants
/// </code></summary>
internal sealed class BlockEmitter
{
    private const uint EntryBytes = 9;

    private readonly X64Emitter _code;
    private readonly TranslationTables _tables;
    private readonly AddressPlan _addresses;
    private readonly BlockInstrumenter _instrumenter;
    private readonly InstructionRewriter _rewriter;
    private readonly BranchEmitter _branches;
    private readonly BranchRegister _rcx;
    private readonly Stubs _stubs;
    private readonly AddressWindow _window;
    private readonly List<SideExit> _sideExits = [];
    private readonly List<BudgetExit> _budgetExits = [];
    private BlockPlan _plan = new();
    private RegisterPlan _registers;
    private MemoryEventLevel _level;
    private int _mainPath;
    private int _cost;
    private bool _r15Written;

    public BlockEmitter(
        X64Emitter code,
        TranslationTables tables,
        AddressPlan addresses,
        BranchEmitter branches,
        Stubs stubs,
        TranslatorOptions options)
    {
        _code = code;
        _tables = tables;
        _addresses = addresses;
        _branches = branches;
        _stubs = stubs;
        _window = options.Window;
        _rewriter = new InstructionRewriter(code, options.Window);
        _rcx = new BranchRegister(code);
        _instrumenter = new BlockInstrumenter(code, addresses, options);
    }

    /// <summary>Offset of a fast block's direct entry, given that of its indirect entry, which is
    /// the one that the target map knows: blocks start at multiples of 16 with either.</summary>
    public static uint DirectEntry(uint indirectEntry) => indirectEntry ^ EntryBytes;

    /// <summary>Emits the block at <paramref name="origin"/> and notes what is known of it.
    /// </summary>
    public void Emit(
        BlockPlan plan, in RegisterPlan registers, MemoryEventLevel level, CodeCache cache)
    {
        Begin(plan, registers, level, cache);
        int firstEntry = _tables.EntryCount;
        EmitHead();
        if (plan.End == BlockEnd.Loop)
        {
            _rcx.Restore();
            _rcx.Begin(inSlot: false);
        }

        int warm = _code.Length;
        EmitBody(cache);
        EmitEnd(warm);
        EmitSideExits();
        EmitBudgetExits();
        _branches.EmitStubs(_plan.Mode);
        _instrumenter.EmitConstants();
        _tables.Add(new TranslationBlock
        {
            HostStart = (uint)cache.Used,
            HostEnd = (uint)(cache.Used + _code.Length),
            FirstEntry = firstEntry,
            EntryCount = plan.Count,
            Units = _addresses.Units,
            RecordBytes = _instrumenter.ReservedBytes,
            FirstTemplate = _addresses.FirstTemplate,
            FirstBranch = _addresses.FirstBranch,
            BranchCount = _tables.BranchCount - _addresses.FirstBranch,
            LentMask = registers.LentMask,
            R15 = (sbyte)registers.R15,
            Mode = plan.Mode,
        });
    }

    /// <summary>Offset of the entry for indirect branches from the start of a fast block's code.
    /// </summary>
    public uint IndirectEntry { get; private set; }

    private bool Accounts => _plan.Mode != BlockMode.Bare;

    private void Begin(
        BlockPlan plan, in RegisterPlan registers, MemoryEventLevel level, CodeCache cache)
    {
        _plan = plan;
        _registers = registers;
        _level = plan.Mode == BlockMode.Bare ? MemoryEventLevel.Off : level;
        _sideExits.Clear();
        _budgetExits.Clear();
        _cost = checked((int)_addresses.Units);

        // In a loop, an earlier round may have written it.
        _r15Written = registers.R15Written && plan.End == BlockEnd.Loop;
        _code.Begin(cache.Here);
        bool startsInSlot = plan.Mode == BlockMode.Fast && WantsSlot(plan);
        _rcx.Begin(startsInSlot);
        IndirectEntry = startsInSlot ? EntryBytes : 0;
        _branches.Begin(plan, cache, (uint)cache.Used + IndirectEntry);
        _instrumenter.Begin(plan, registers, _level);
        _mainPath = _instrumenter.AddPath(plan.Count, InstructionRole.Plain);
    }

    /// <summary>Whether the block needs guest rcx in its slot before it needs it in its register.
    /// </summary>
    private static bool WantsSlot(BlockPlan plan)
    {
        const int Bit = 1 << X64Emitter.Rcx;
        bool isCheckedExactly = plan.FlagsLiveAtHead || plan.End == BlockEnd.Helper;
        for (int i = 0; i < plan.Count && !isCheckedExactly && plan.End != BlockEnd.Loop; i++)
        {
            ref GuestInstruction item = ref plan.Items[i];
            if ((item.UsedRegisters & Bit) != 0)
            {
                return false;
            }

            if (item.Role is InstructionRole.CheckedReturn or InstructionRole.CheckedJump
                or InstructionRole.Return or InstructionRole.IndirectJump
                or InstructionRole.IndirectCall)
            {
                return true;
            }
        }

        return isCheckedExactly;
    }

    private void EmitHead()
    {
        if (_plan.Mode == BlockMode.Fast)
        {
            if (IndirectEntry != 0)
            {
                _code.Spill(X64Emitter.Rcx);
            }
            else
            {
                _code.Unspill(X64Emitter.Rcx);
            }

            Invariant.Require((uint)_code.Length == EntryBytes);
        }

        if (_plan.UsesX87)
        {
            EmitX87Guard();
        }

        if (Accounts)
        {
            EmitHeadCheck();
        }

        Lend();
    }

    /// <summary>The host's x87 registers hold the guest's state only when it asked for it since the
    /// vCPU was entered.</summary>
    private void EmitX87Guard()
    {
        _rcx.Borrow();
        _code.LoadContext32(X64Emitter.Rcx, VcpuContextLayout.X87Loaded);
        _code.JumpIfRcxZero(2);
        int loaded = _code.ShortJump(0xEB);
        _code.Unspill(X64Emitter.Rcx);
        _code.LeaveTo(_stubs.Leave, _tables.Add(new ExitSite
        {
            Kind = ExitKind.NeedX87,
            Rip = _plan.Head,
            Mode = _plan.Mode,
        }));
        _code.BindShort(loaded);
    }

    private void EmitHeadCheck()
    {
        long charge = _instrumenter.CounterDelta(-_cost, _instrumenter.ReservedBytes);
        if (_plan.Mode == BlockMode.Step || _plan.End == BlockEnd.Helper)
        {
            long one = _instrumenter.CounterDelta(-1, 0);
            int cold = EmitExactCheck(one, charge - one);
            AddBudgetExit(cold, -one, lent: false);
        }
        else if (_plan.FlagsLiveAtHead)
        {
            int cold = EmitExactCheck(charge, 0);
            AddBudgetExit(cold, -charge, lent: false);
        }
        else
        {
            _instrumenter.AddToCounterSettingFlags(charge);
            AddBudgetExit(_code.JumpIf(8), -charge, lent: false);
        }
    }

    private void AddBudgetExit(int jump, long givenBack, bool lent) =>
        _budgetExits.Add(new BudgetExit(jump, givenBack, _rcx.IsInSlot, lent));

    /// <summary>Adds to the counter and leaves if the sum is negative, else adds
    /// <paramref name="after"/>; keeps all flags.</summary>
    private int EmitExactCheck(long before, long after)
    {
        _rcx.Borrow();
        _code.AddToCounter(before, X64Emitter.Rcx);
        if (_level == MemoryEventLevel.Off)
        {
            _code.SwapHalves(X64Emitter.Rcx, X64Emitter.Counter);
            _code.JumpIfEcxZero(5);
        }
        else
        {
            _code.MoveImmediate(X64Emitter.Rcx, 63);
            _code.Bytes([0xC4, 0xC2, 0xF3, 0xF7, 0xCF]);               // shrx rcx,r15,rcx
            _code.JumpIfRcxZero(5);
        }

        int cold = _code.Jump();
        if (after != 0)
        {
            _code.AddToCounter(after, X64Emitter.Rcx);
        }

        return cold;
    }

    private void Lend()
    {
        for (int register = 0; register < 16; register++)
        {
            if ((_registers.LentMask & (1 << register)) != 0)
            {
                _code.Spill(register);
            }
        }

        if (_registers.R15 >= 0)
        {
            _code.LoadContext(_registers.R15, VcpuContextLayout.R15);
        }
    }

    private void GiveBack(bool r15Written)
    {
        if (r15Written)
        {
            _code.StoreContext(VcpuContextLayout.R15, _registers.R15);
        }

        for (int register = 0; register < 16; register++)
        {
            if ((_registers.LentMask & (1 << register)) != 0)
            {
                _code.Unspill(register);
            }
        }
    }

    private void EmitBody(CodeCache cache)
    {
        for (int i = 0; i < _plan.Count; i++)
        {
            ref GuestInstruction item = ref _plan.Items[i];
            int entry = _tables.EntryCount;
            _tables.Add(new InstructionEntry
            {
                HostStart = (uint)(cache.Used + _code.Length),
                Rip = checked((uint)(item.Rip - _window.Start)),
                UnitsBefore = _addresses.UnitsBefore(i),
                TemplatesBefore = (ushort)_addresses.TemplatesBefore(i),
                ValuesBefore = (ushort)_addresses.ValuesBefore(i),
            });
            BringRcx(item);
            int spilled = _rcx.Spilled;
            _instrumenter.Before(i);
            _tables.SetExtraSpills(entry, (ushort)(spilled | EmitInstruction(i, ref item)));
            if (item.Role == InstructionRole.Plain)
            {
                _rcx.After(item);
            }

            NoteR15(item);
        }
    }

    private void BringRcx(in GuestInstruction item)
    {
        const int Bit = 1 << X64Emitter.Rcx;
        bool isReplaced = item.Role == InstructionRole.Plain
            && (item.ReplacedRegisters & Bit) != 0;
        if ((item.UsedRegisters & Bit) != 0 && !isReplaced)
        {
            _rcx.Restore();
        }
    }

    private void NoteR15(in GuestInstruction item) =>
        _r15Written |= (item.WrittenRegisters & (1 << X64Emitter.Counter)) != 0;

    private ushort EmitInstruction(int index, ref GuestInstruction item)
    {
        switch (item.Role)
        {
            case InstructionRole.Plain:
                return _rewriter.Emit(item, _plan.BytesOf(item), _registers);
            case InstructionRole.Jump:
                return 0;
            case InstructionRole.Conditional:
                AddSideExit(index, _code.JumpIf(item.Condition), item.SideExit, item.Role);
                return 0;
            case InstructionRole.InlinedCall or InstructionRole.Call:
                _instrumenter.Push(item.NextRip);
                return 0;
            case InstructionRole.CheckedReturn:
                return EmitCheckedReturn(index, item);
            case InstructionRole.CheckedJump:
                return EmitCheckedJump(index, item);
            case InstructionRole.Return:
                _rcx.Borrow();
                _code.Load(X64Emitter.Rcx, X64Emitter.Rsp, 0);
                return 1 << X64Emitter.Rcx;
            case InstructionRole.IndirectJump or InstructionRole.IndirectCall:
                return EmitIndirectTarget(item);
            case InstructionRole.Helper when item.Exit == ExitKind.PopFlags:
                EmitPopFlags(item);
                return 0;
            case InstructionRole.Exit or InstructionRole.CountedBranch:
                return 0;
            default:
                throw new InvariantException($"no code for role {item.Role}");
        }
    }

    /// <summary>Goes on if the return address is the one that the inlined call pushed.</summary>
    private ushort EmitCheckedReturn(int index, in GuestInstruction item)
    {
        _rcx.Borrow();
        _code.Load(X64Emitter.Rcx, X64Emitter.Rsp, 0);
        EmitTargetCheck(index, item);
        _code.Lea(X64Emitter.Rsp, X64Emitter.Rsp, 8);
        return 1 << X64Emitter.Rcx;
    }

    /// <summary>Goes on if the jump leads where it would have led at translation.</summary>
    private ushort EmitCheckedJump(int index, in GuestInstruction item)
    {
        _rcx.Borrow();
        int spills = (1 << X64Emitter.Rcx) | _rewriter.EmitTargetLoad(item, _registers);
        EmitTargetCheck(index, item);
        return (ushort)spills;
    }

    /// <summary>Takes the side exit if rcx is not the expected target; keeps flags, as that way may
    /// lead anywhere.</summary>
    private void EmitTargetCheck(int index, in GuestInstruction item)
    {
        const int Rcx = X64Emitter.Rcx;
        _code.Lea(Rcx, Rcx, -checked((int)(item.SideExit - _window.Start)));
        if (!_window.IsFirst)
        {
            _code.SwapHalves(Rcx, Rcx);
            _code.Lea(Rcx, Rcx, -_window.UpperHalf);
        }

        _code.JumpIfRcxZero(5);
        AddSideExit(index, _code.Jump(), item.SideExit, item.Role);
    }

    private void UndoTargetCheck(ulong expected)
    {
        const int Rcx = X64Emitter.Rcx;
        if (!_window.IsFirst)
        {
            _code.Lea(Rcx, Rcx, _window.UpperHalf);
            _code.SwapHalves(Rcx, Rcx);
        }

        _code.Lea(Rcx, Rcx, checked((int)(expected - _window.Start)));
    }

    private ushort EmitIndirectTarget(in GuestInstruction item)
    {
        _rcx.Borrow();
        int spills = (1 << X64Emitter.Rcx) | _rewriter.EmitTargetLoad(item, _registers);
        if (item.Role == InstructionRole.IndirectCall)
        {
            _instrumenter.Push(item.NextRip);
        }

        return (ushort)spills;
    }

    private void EmitPopFlags(in GuestInstruction item)
    {
        if (item.Decoded.Mnemonic == Mnemonic.Popf)
        {
            _code.WriteByte(0x66);
        }

        _code.Bytes([0x65, 0x8F, 0x04, 0x25]);                         // pop gs:[temporary]
        _code.Dword(VcpuContextLayout.Temporary);
    }

    private void AddSideExit(int index, int jump, ulong rip, InstructionRole role)
    {
        int path = _instrumenter.AddPath(index + 1, role);
        int given = _cost - (int)_addresses.PathOf(index + 1).Units;
        _sideExits.Add(new SideExit(
            jump,
            rip,
            path,
            given,
            _addresses.PathOf(index + 1).ValueCount,
            role,
            RcxSpilled: !_rcx.IsInRegister,
            R15Written: _r15Written));
    }

    private void EmitEnd(int warm)
    {
        switch (_plan.End)
        {
            case BlockEnd.Loop:
                _instrumenter.Header(_mainPath);
                EmitLoop(warm);
                break;
            case BlockEnd.Link:
                Finish();
                _branches.Link(_plan.LinkRip);
                break;
            case BlockEnd.Helper:
                Finish();
                EmitHelperExit();
                break;
            default:
                Finish();
                EmitTerminator(_plan.Last);
                break;
        }
    }

    private void Finish()
    {
        bool isIndirect = _plan.EndsWith(InstructionRole.Return)
            || _plan.EndsWith(InstructionRole.IndirectJump)
            || _plan.EndsWith(InstructionRole.IndirectCall);
        if (!isIndirect)
        {
            _rcx.Restore();
        }

        _instrumenter.Header(_mainPath);
        GiveBack(_registers.R15Written);
    }

    private void EmitLoop(int warm)
    {
        long charge = _instrumenter.CounterDelta(-_cost, _instrumenter.ReservedBytes);
        if (_plan.FlagsLiveAtHead)
        {
            int cold = EmitExactCheck(charge, 0);
            AddBudgetExit(cold, -charge, lent: true);
            _rcx.Restore();
            _code.JumpTo(_code.AddressOf(warm));
            return;
        }

        _rcx.Restore();
        _instrumenter.AddToCounterSettingFlags(charge);
        _code.JumpIfTo(9, _code.AddressOf(warm));
        AddBudgetExit(_code.Jump(), -charge, lent: true);
    }

    private void EmitHelperExit()
    {
        ref GuestInstruction item = ref _plan.Items[0];
        _code.LeaveTo(_stubs.Leave, _tables.Add(new ExitSite
        {
            Kind = item.Exit,
            Rip = _plan.Head,
            Mode = _plan.Mode,
            Vector = item.Vector,
            Code = _mainPath,
        }));
    }

    private void EmitTerminator(in GuestInstruction item)
    {
        switch (item.Role)
        {
            case InstructionRole.Call:
                _branches.Link(item.Decoded.NearBranchTarget);
                break;
            case InstructionRole.Return:
                int popped = 8 + (item.Decoded.OpCount > 0 ? item.Decoded.Immediate16 : 0);
                _code.Lea(X64Emitter.Rsp, X64Emitter.Rsp, popped);
                _branches.Indirect(_plan.Mode);
                break;
            case InstructionRole.IndirectJump or InstructionRole.IndirectCall:
                _branches.Indirect(_plan.Mode);
                break;
            case InstructionRole.CountedBranch:
                _branches.Counted(item);
                break;
            case InstructionRole.Exit:
                EmitExit(item);
                break;
            default:
                _branches.Link(item.NextRip);
                break;
        }
    }

    private void EmitExit(in GuestInstruction item) =>
        _code.LeaveTo(_stubs.Leave, _tables.Add(new ExitSite
        {
            Kind = item.Exit,
            Rip = item.NextRip,
            Mode = _plan.Mode,
            Code = item.RegionMark,
        }));

    private void EmitSideExits()
    {
        for (int i = 0; i < _sideExits.Count; i++)
        {
            SideExit exit = _sideExits[i];
            bool isIndirect = exit.Role != InstructionRole.Conditional;
            _code.Bind(exit.Jump);
            if (isIndirect)
            {
                UndoTargetCheck(exit.Rip);
                _code.StoreContext(VcpuContextLayout.Target, X64Emitter.Rcx);
            }

            if (exit.RcxSpilled)
            {
                _code.Unspill(X64Emitter.Rcx);
            }

            if (Accounts)
            {
                _instrumenter.CorrectCounter(exit.Path, exit.GivenBack, exit.ValueCount);
            }

            GiveBack(exit.R15Written);
            if (isIndirect)
            {
                int popped = exit.Role == InstructionRole.CheckedReturn ? 8 : 0;
                _code.Lea(X64Emitter.Rsp, X64Emitter.Rsp, popped);
                _code.LoadContext(X64Emitter.Rcx, VcpuContextLayout.Target);
                _branches.Indirect(_plan.Mode);
            }
            else
            {
                _branches.Link(exit.Rip);
            }
        }
    }

    private void EmitBudgetExits()
    {
        for (int i = 0; i < _budgetExits.Count; i++)
        {
            BudgetExit exit = _budgetExits[i];
            _code.Bind(exit.Jump);
            if (!exit.RcxSpilled)
            {
                _code.Spill(X64Emitter.Rcx);
            }

            _code.AddToCounter(exit.GivenBack, X64Emitter.Rcx);
            _code.Unspill(X64Emitter.Rcx);
            if (exit.Lent)
            {
                GiveBack(_registers.R15Written);
            }

            _code.LeaveTo(_stubs.Leave, _tables.Add(new ExitSite
            {
                Kind = ExitKind.Budget,
                Rip = _plan.Head,
                Mode = _plan.Mode,
            }));
        }
    }

    private readonly record struct SideExit(
        int Jump,
        ulong Rip,
        int Path,
        int GivenBack,
        int ValueCount,
        InstructionRole Role,
        bool RcxSpilled,
        bool R15Written);

    private readonly record struct BudgetExit(
        int Jump, long GivenBack, bool RcxSpilled, bool Lent);
}
