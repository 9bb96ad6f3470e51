using Dilaton.Core;
using Dilaton.Guest;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Instructions that the engine does itself or runs one at a time, and the way back from a
/// host fault to the guest instruction that made it.</summary>
internal sealed class EngineInstructions(
    VcpuContext context,
    BlockTranslator translator,
    CpuidTable cpuid,
    VcpuId id,
    LineFilter filter)
{
    private const uint StatusAndControlFlags = 0x0020_0CD5;
    private const int PageFaultTrap = 14;
    private const int WriteBit = 2;
    private const int FetchBit = 16;
    private const int YmmBytes = 512;

    private readonly DynamicAccesses _dynamic = new();
    private readonly List<AccessSpec> _accesses = [];
    private readonly byte[] _startVectors = new byte[YmmBytes];
    private GuestInstruction _item;

    /// <summary>What <see cref="UndoFault"/> found.</summary>
    public GuestFault LastFault { get; private set; }

    /// <summary>Place of the instruction executed last.</summary>
    public ulong Rip { get; private set; }

    public int Length => Math.Max(1, _item.Decoded.Length);

    public List<DynamicRecord> Records => _dynamic.Records;

    public int Loads => _dynamic.Loads;

    public void Cpuid()
    {
        ref GuestRegisters registers = ref context.Registers;
        (registers.Rax, registers.Rbx, registers.Rcx, registers.Rdx) =
            cpuid.Read((uint)registers.Rax, (uint)registers.Rcx, id.Index);
    }

    /// <summary>Does the instruction at rip.</summary>
    /// <returns>False if it faulted; rip stays.</returns>
    public bool TryExecute(in ExitSite site, out GuestFault fault)
    {
        Rip = site.Rip;
        Records.Clear();
        fault = new GuestFault(site.Vector, default, 0);
        if (site.Kind == ExitKind.Fault)
        {
            return false;
        }

        Invariant.Require(translator.TryAnalyze(Rip, ref _item, _accesses));
        return site.Kind switch
        {
            ExitKind.ReadXcr => TryReadXcr(out fault),
            ExitKind.WriteSegmentBase => TryWriteSegmentBase(out fault),
            ExitKind.PopFlags => TryPopFlags(out fault),
            ExitKind.DynamicAccess => TryRunDynamic(out fault),
            _ => throw new InvariantException($"no engine code for exit {site.Kind}"),
        };
    }

    /// <summary>Runs the plain instruction at rip alone.</summary>
    /// <returns>False if it faulted; rip stays.</returns>
    public bool TryRunPlain(out GuestFault fault)
    {
        Rip = context.Registers.Rip;
        Records.Clear();
        Invariant.Require(translator.TryAnalyze(Rip, ref _item, _accesses));
        return TryRunBare(out fault);
    }

    /// <summary>Restores the guest's state at the instruction that made the host fault: lent
    /// registers, rip, counter and the record of what the block did before it.</summary>
    public void UndoFault(MemoryEventLevel level)
    {
        uint offset = translator.OffsetOf(context.Quad(VcpuContextLayout.FaultRip));
        TranslationTables tables = translator.Tables;
        TranslationBlock block = tables.BlockAt(offset);
        int index = tables.InstructionAt(block, offset);
        InstructionEntry entry = tables.Entry(block.FirstEntry + index);
        if (block.R15 >= 0)
        {
            context.Registers.R15 = context.Register(block.R15);
        }

        int spilled = block.LentMask | entry.ExtraSpills;
        for (int register = 0; register < 16; register++)
        {
            if ((spilled & (1 << register)) != 0)
            {
                context.Register(register) = context.Spill(register);
            }
        }

        context.Registers.Rip = translator.Window.Start + entry.Rip;
        if (block.Mode != BlockMode.Bare)
        {
            UndoAccounting(block, entry, index, level);
        }

        LastFault = ReadFault();
    }

    /// <summary>Runs single instructions while they change nothing but registers.</summary>
    /// <param name="before">Told before each how many instructions and loads there were.</param>
    public bool TryFindSpin(
        int instructionsMax,
        Action<ulong, ulong>? before,
        out ulong instructions,
        out ulong loads)
    {
        GuestRegisters start = context.Registers;
        uint startMxcsr = context.Dword(VcpuContextLayout.Mxcsr);
        context.Ymm.CopyTo(_startVectors);
        instructions = 0;
        loads = 0;
        for (int i = 0; i < instructionsMax; i++)
        {
            before?.Invoke(instructions, loads);
            if (!translator.TryAnalyze(context.Registers.Rip, ref _item, _accesses)
                || !IsHarmless(out int read) || !TryRunBare(out _))
            {
                return false;
            }

            instructions++;
            loads += (ulong)read;
            if (context.Registers == start && context.Ymm.SequenceEqual(_startVectors)
                && context.Dword(VcpuContextLayout.Mxcsr) == startMxcsr)
            {
                return true;
            }
        }

        return false;
    }

    private bool IsHarmless(out int loads)
    {
        loads = 0;
        bool kept = _item.Role is not (InstructionRole.Exit or InstructionRole.Helper)
            || _item.Exit == ExitKind.Pause;
        if (!kept || _item.UsesX87 || RoleClassifier.HasDynamicAccess(_item.Decoded))
        {
            return false;
        }

        foreach (AccessSpec access in _accesses)
        {
            if (access.Kind is not (MemoryEventKind.Load or MemoryEventKind.Prefetch))
            {
                return false;
            }

            loads += access.IsLoad ? 1 : 0;
        }

        return true;
    }

    private bool TryReadXcr(out GuestFault fault)
    {
        fault = new GuestFault(FaultVector.GeneralProtection, default, 0);
        ref GuestRegisters registers = ref context.Registers;
        if ((uint)registers.Rcx != 0)
        {
            return false;
        }

        registers.Rax = 7;
        registers.Rdx = 0;
        registers.Rip = _item.NextRip;
        return true;
    }

    private bool TryWriteSegmentBase(out GuestFault fault)
    {
        fault = new GuestFault(FaultVector.GeneralProtection, default, 0);
        ref GuestRegisters registers = ref context.Registers;
        Register source = _item.Decoded.Op0Register;
        ulong value = context.Register(InstructionAnalyzer.NumberOf(source));
        value = source.IsGPR32() ? (uint)value : value;
        if ((ulong)((long)(value << 16) >> 16) != value)
        {
            return false;
        }

        if (_item.Decoded.Mnemonic == Mnemonic.Wrfsbase)
        {
            registers.FsBase = value;
        }
        else
        {
            registers.GsBase = value;
        }

        registers.Rip = _item.NextRip;
        return true;
    }

    private bool TryPopFlags(out GuestFault fault)
    {
        bool narrow = _item.Decoded.Mnemonic == Mnemonic.Popf;
        ulong stack = context.Registers.Rsp;
        if (!TryRunBare(out fault))
        {
            return false;
        }

        ulong popped = context.Quad(VcpuContextLayout.Temporary);
        ulong mask = narrow ? StatusAndControlFlags & 0xFFFF : StatusAndControlFlags;
        ref ulong flags = ref context.Registers.Rflags;
        flags = (flags & ~mask) | (popped & mask);
        Records.Add(new DynamicRecord(stack, (byte)(narrow ? 2 : 8), MemoryEventKind.Load));
        return true;
    }

    private bool TryRunDynamic(out GuestFault fault)
    {
        // The copy: running may translate, which decodes other instructions.
        Instruction instruction = _item.Decoded;
        _dynamic.Capture(instruction, context);
        if (TryRunBare(out fault))
        {
            _dynamic.Complete(instruction, context);
            return true;
        }

        if (DynamicAccesses.IsRepeated(instruction))
        {
            _dynamic.Complete(instruction, context);
        }
        else
        {
            Records.Clear();
        }

        return false;
    }

    /// <summary>Runs the instruction at rip alone.</summary>
    private bool TryRunBare(out GuestFault fault)
    {
        fault = default;
        while (true)
        {
            ulong rip = context.Registers.Rip;
            ulong host = translator.Find(rip, BlockMode.Bare, out ulong faultAddress);
            if (host == 0)
            {
                fault = new GuestFault(FaultVector.PageFault, FaultAccess.Execute, faultAddress);
                return false;
            }

            uint number = context.Enter(translator.Stubs.Enter, host);
            ExitSite site = translator.Tables.Site(number);
            switch (site.Kind)
            {
                case ExitKind.NeedX87:
                    context.Quad(VcpuContextLayout.X87Loaded) = 1;
                    break;
                case ExitKind.BareDone or ExitKind.Pause:
                    context.Registers.Rip = site.Rip;
                    return true;
                case ExitKind.IndirectMiss:
                    context.Registers.Rip = context.Quad(VcpuContextLayout.Target);
                    return true;
                case ExitKind.HostFault:
                    UndoFault(MemoryEventLevel.Off);
                    fault = LastFault;
                    return false;
                default:
                    throw new InvariantException($"exit {site.Kind} from a bare instruction");
            }
        }
    }

    private void UndoAccounting(
        in TranslationBlock block, in InstructionEntry entry, int index, MemoryEventLevel level)
    {
        long unitsBack = (long)block.Units - entry.UnitsBefore;
        if (level == MemoryEventLevel.Off)
        {
            context.Counter += unitsBack;
            return;
        }

        context.Counter += unitsBack << 32;
        if (level == MemoryEventLevel.Full)
        {
            context.Counter -= block.RecordBytes;
        }
        else
        {
            translator.DropMisses(context, block.FirstTemplate + entry.TemplatesBefore, filter);
        }

        if (index == 0)
        {
            return;
        }

        translator.WriteHeader(context, PathUpTo(block, entry, index, level));
        context.Counter += 8L * (1 + (level == MemoryEventLevel.Full ? entry.ValuesBefore : 0));
    }

    /// <summary>The way through the block that ends before the faulting instruction.</summary>
    private int PathUpTo(
        in TranslationBlock block, in InstructionEntry entry, int index, MemoryEventLevel level)
    {
        TranslationTables tables = translator.Tables;
        BlockPath path = new()
        {
            FirstTemplate = block.FirstTemplate,
            TemplateCount = entry.TemplatesBefore,
            ValueCount = entry.ValuesBefore,
            Units = entry.UnitsBefore,
            Instructions = (uint)index,
            FirstLine = (ulong)tables.Templates[block.FirstTemplate].Displacement,
        };
        for (int i = 0; i < entry.TemplatesBefore; i++)
        {
            AccessTemplate template = tables.Templates[block.FirstTemplate + i];
            path.CountAccess(template.Kind);
            if (template.Kind == MemoryEventKind.Fetch)
            {
                path.LastLine = (ulong)template.Displacement;
            }
        }

        CoreCost cost = translator.Cost;
        return tables.Add(
            path,
            cost.TracksProducers && level == MemoryEventLevel.Full ? FlowUpTo(block, index) : null,
            cost.RecordsBranches ? BranchesUpTo(block, entry) : null);
    }

    private RegisterFlow FlowUpTo(in TranslationBlock block, int index)
    {
        TranslationTables tables = translator.Tables;
        RegisterFlow flow = RegisterFlow.AtHead;
        for (int i = 0; i < index; i++)
        {
            InstructionEntry entry = tables.Entry(block.FirstEntry + i);
            Invariant.Require(
                translator.TryAnalyze(translator.Window.Start + entry.Rip, ref _item, _accesses));
            int load = tables.Entry(block.FirstEntry + i + 1).TemplatesBefore - 1;
            while (load >= entry.TemplatesBefore && !IsLoad(tables.Templates[block.FirstTemplate + load].Kind))
            {
                load--;
            }

            flow.Follow(_item, load < entry.TemplatesBefore ? (short)-1 : (short)load);
        }

        return flow;
    }

    private static bool IsLoad(MemoryEventKind kind) =>
        kind is MemoryEventKind.Load or MemoryEventKind.Modify or MemoryEventKind.Atomic;

    /// <summary>None of them was left by.</summary>
    private BranchSpan BranchesUpTo(in TranslationBlock block, in InstructionEntry entry)
    {
        ReadOnlySpan<BranchSite> branches =
            translator.Tables.Branches.Slice(block.FirstBranch, block.BranchCount);
        int count = 0;
        while (count < branches.Length && branches[count].OffsetUnits < entry.UnitsBefore)
        {
            count++;
        }

        ulong head = translator.Window.Start + translator.Tables.Entry(block.FirstEntry).Rip;
        return new BranchSpan(head, block.FirstBranch, count, LeavesAtLast: false);
    }

    private GuestFault ReadFault()
    {
        int trap = (int)context.Quad(VcpuContextLayout.FaultTrap);
        ulong error = context.Quad(VcpuContextLayout.FaultError);
        if (trap == PageFaultTrap)
        {
            FaultAccess access = (error & FetchBit) != 0
                ? FaultAccess.Execute
                : (error & WriteBit) != 0 ? FaultAccess.Write : FaultAccess.Read;
            ulong address = context.Quad(VcpuContextLayout.FaultAddress);
            return new GuestFault(FaultVector.PageFault, access, address);
        }

        FaultVector vector = trap switch
        {
            0 => FaultVector.DivideError,
            1 => FaultVector.Debug,
            6 => FaultVector.InvalidOpcode,
            16 => FaultVector.FloatingPoint,
            17 => FaultVector.AlignmentCheck,
            19 => FaultVector.SimdFloatingPoint,
            _ => FaultVector.GeneralProtection,
        };
        return new GuestFault(vector, default, 0);
    }
}
