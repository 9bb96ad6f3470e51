using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Finds out what one instruction is and does: its role, registers, flags and memory
/// accesses.</summary>
internal sealed class InstructionAnalyzer
{
    public const ushort StatusFlags = (ushort)(RflagsBits.OF | RflagsBits.SF | RflagsBits.ZF
        | RflagsBits.AF | RflagsBits.CF | RflagsBits.PF);

    private const byte LineBytes = 64;

    private readonly InstructionInfoFactory _facts = new();

    /// <summary>Fills in <paramref name="item"/>, whose instruction is decoded, and appends its
    /// accesses.</summary>
    public void Analyze(ref GuestInstruction item, List<AccessSpec> accesses)
    {
        ref Instruction instruction = ref item.Decoded;
        item.Exit = default;
        item.SideExit = 0;
        item.AccessCount = 0;
        item.FirstAccess = accesses.Count;
        item.Role = RoleClassifier.Classify(instruction, out item.Exit, out item.Vector);
        item.Segment = SegmentOf(instruction);
        item.UsesX87 = RoleClassifier.UsesX87(instruction);
        item.FlagsRead = (ushort)((int)instruction.RflagsRead & StatusFlags);
        item.FlagsKilled = Killed(instruction);
        InstructionInfo info = _facts.GetInfo(instruction);
        CollectRegisters(ref item, info);
        if (item.Role == InstructionRole.Helper)
        {
            return;
        }

        CollectAccesses(instruction, info, accesses);
        item.AccessCount = accesses.Count - item.FirstAccess;
    }

    public static ushort Read(in Instruction instruction) =>
        (ushort)((int)instruction.RflagsRead & StatusFlags);

    /// <summary>Status flags that get a new, deterministic value whatever the operands are. Flags
    /// that a manual leaves undefined count as kept, save those of the logical instructions,
    /// which every processor clears.</summary>
    public static ushort Killed(in Instruction instruction)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Test:
                return StatusFlags;
            case Mnemonic.Rcl or Mnemonic.Rcr:
                return 0;
            case Mnemonic.Shl or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror
                or Mnemonic.Sal or Mnemonic.Shld or Mnemonic.Shrd:
                if (!HasNonzeroCount(instruction))
                {
                    return 0;
                }

                break;
            default:
                if (instruction.HasRepPrefix || instruction.HasRepnePrefix)
                {
                    return 0;
                }

                break;
        }

        RflagsBits set = instruction.RflagsWritten | instruction.RflagsCleared
            | instruction.RflagsSet;
        return (ushort)((int)set & StatusFlags);
    }

    public static int NumberOf(Register register)
    {
        Register full = register.GetFullRegister();
        return full is >= Register.RAX and <= Register.R15 ? full - Register.RAX : -1;
    }

    private static bool HasNonzeroCount(in Instruction instruction)
    {
        int last = instruction.OpCount - 1;
        OpKind kind = instruction.GetOpKind(last);
        if (kind != OpKind.Immediate8)
        {
            return false;
        }

        bool wide = instruction.Op0Kind == OpKind.Register
            ? instruction.Op0Register.IsGPR64()
            : instruction.MemorySize.GetSize() == 8;
        return (instruction.Immediate8 & (wide ? 63 : 31)) != 0;
    }

    private static GuestSegment SegmentOf(in Instruction instruction)
    {
        if (instruction.SegmentPrefix is not (Register.FS or Register.GS)
            || instruction.Mnemonic is Mnemonic.Lea or Mnemonic.Nop)
        {
            return GuestSegment.None;
        }

        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) is OpKind.Memory or OpKind.MemorySegRSI
                or OpKind.MemorySegESI or OpKind.MemorySegRDI or OpKind.MemorySegEDI
                or OpKind.MemorySegSI or OpKind.MemorySegDI)
            {
                return instruction.SegmentPrefix == Register.FS
                    ? GuestSegment.Fs
                    : GuestSegment.Gs;
            }
        }

        return GuestSegment.None;
    }

    private static void CollectRegisters(ref GuestInstruction item, in InstructionInfo info)
    {
        int used = 0;
        int written = 0;
        int kept = 0;
        foreach (UsedRegister register in info.GetUsedRegisters())
        {
            int number = NumberOf(register.Register);
            if (number < 0)
            {
                continue;
            }

            used |= 1 << number;
            if (register.Access is not (OpAccess.Read or OpAccess.CondRead or OpAccess.None
                or OpAccess.NoMemAccess))
            {
                written |= 1 << number;
            }

            if (register.Access != OpAccess.Write || register.Register.GetSize() < 4)
            {
                kept |= 1 << number;
            }
        }

        item.UsedRegisters = (ushort)used;
        item.WrittenRegisters = (ushort)written;
        item.ReplacedRegisters = (ushort)(written & ~kept);
    }

    private static void CollectAccesses(
        in Instruction instruction, in InstructionInfo info, List<AccessSpec> accesses)
    {
        int first = accesses.Count;
        if (HintKind(instruction, out MemoryEventKind hint))
        {
            accesses.Add(Hint(instruction, hint));
            return;
        }

        foreach (UsedMemory memory in info.GetUsedMemory())
        {
            if (memory.Access is OpAccess.None or OpAccess.NoMemAccess)
            {
                continue;
            }

            AccessSpec access = default;
            access.Base = memory.Base == Register.RIP ? (sbyte)-1 : (sbyte)NumberOf(memory.Base);
            access.Index = (sbyte)NumberOf(memory.Index);
            access.Scale = (byte)memory.Scale;
            access.Displacement = (long)memory.Displacement;
            access.Segment = SegmentOf(memory.Segment);
            access.Address32 = memory.Base.IsGPR32() || memory.Index.IsGPR32();
            access.Kind = KindOf(instruction, memory.Access);
            access.Size = (byte)Math.Clamp(memory.MemorySize.GetSize(), 1, LineBytes);
            accesses.Add(access);
        }

        ReadsFirst(accesses, first);
    }

    /// <summary>Prefetches and flushes name a line by any byte of it.</summary>
    private static AccessSpec Hint(in Instruction instruction, MemoryEventKind kind) => new()
    {
        Base = instruction.IsIPRelativeMemoryOperand
            ? (sbyte)-1
            : (sbyte)NumberOf(instruction.MemoryBase),
        Index = (sbyte)NumberOf(instruction.MemoryIndex),
        Scale = (byte)instruction.MemoryIndexScale,
        Displacement = (long)instruction.MemoryDisplacement64,
        Segment = SegmentOf(instruction.SegmentPrefix),
        Address32 = instruction.MemoryBase.IsGPR32() || instruction.MemoryIndex.IsGPR32(),
        Kind = kind,
        Size = 1,
    };

    private static GuestSegment SegmentOf(Register segment) => segment switch
    {
        Register.FS => GuestSegment.Fs,
        Register.GS => GuestSegment.Gs,
        _ => GuestSegment.None,
    };

    private static bool HintKind(in Instruction instruction, out MemoryEventKind kind)
    {
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Prefetch or Mnemonic.Prefetchnta or Mnemonic.Prefetcht0
                or Mnemonic.Prefetcht1 or Mnemonic.Prefetcht2 or Mnemonic.Prefetchw
                or Mnemonic.Prefetchwt1:
                kind = MemoryEventKind.Prefetch;
                return true;
            case Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb:
                kind = MemoryEventKind.Flush;
                return true;
            default:
                kind = default;
                return false;
        }
    }

    private static MemoryEventKind KindOf(in Instruction instruction, OpAccess access)
    {
        bool reads = access is not (OpAccess.Write or OpAccess.CondWrite);
        bool writes = access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite
            or OpAccess.ReadCondWrite;
        if (reads && writes)
        {
            return instruction.HasLockPrefix || instruction.Mnemonic == Mnemonic.Xchg
                ? MemoryEventKind.Atomic
                : MemoryEventKind.Modify;
        }

        return writes ? MemoryEventKind.Store : MemoryEventKind.Load;
    }

    /// <summary>Within an instruction, what is read comes before what is written.</summary>
    private static void ReadsFirst(List<AccessSpec> accesses, int first)
    {
        for (int i = first + 1; i < accesses.Count; i++)
        {
            AccessSpec moved = accesses[i];
            int at = i;
            while (at > first && moved.Kind != MemoryEventKind.Store
                && accesses[at - 1].Kind == MemoryEventKind.Store)
            {
                accesses[at] = accesses[at - 1];
                at--;
            }

            accesses[at] = moved;
        }
    }
}
