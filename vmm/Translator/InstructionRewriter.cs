using System.Numerics;
using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Emits one guest instruction: a copy of its bytes where that does the same at another
/// address, else a re-encoding (relative addresses, the guest's fs: and gs:, the pinned register).
/// </summary>
internal sealed class InstructionRewriter(X64Emitter code, AddressWindow window)
{
    /// <summary>First register that needs a REX prefix.</summary>
    private const int FirstExtended = 8;

    private readonly Encoder _encoder = Encoder.Create(64, code);

    /// <returns>Registers that lie in their spill slots while it runs.</returns>
    public ushort Emit(in GuestInstruction item, ReadOnlySpan<byte> bytes, in RegisterPlan registers)
    {
        ref readonly Instruction instruction = ref item.Decoded;
        switch (instruction.Mnemonic)
        {
            case Mnemonic.Nop or Mnemonic.Endbr64 or Mnemonic.Endbr32 or Mnemonic.Rdsspd
                or Mnemonic.Rdsspq:
                return 0;
            case Mnemonic.Rdfsbase:
                LoadContext(instruction, VcpuContextLayout.FsBase, registers);
                return 0;
            case Mnemonic.Rdgsbase:
                LoadContext(instruction, VcpuContextLayout.GsBase, registers);
                return 0;
            case Mnemonic.Rdpid:
                LoadContext(instruction, VcpuContextLayout.TscAux, registers);
                return 0;
            case Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor or Mnemonic.Xrstor64:
                return EmitExtendedState(item, registers);
            default:
                break;
        }

        bool usesPinned = (item.UsedRegisters & (1 << X64Emitter.Counter)) != 0;
        if (!usesPinned && item.Segment == GuestSegment.None
            && !instruction.IsIPRelativeMemoryOperand)
        {
            code.Bytes(bytes);
            return 0;
        }

        Instruction changed = instruction;
        return EmitChanged(ref changed, item, registers);
    }

    /// <summary>mov rcx, operand of an indirect branch.</summary>
    /// <returns>Registers that lie in their spill slots while it runs.</returns>
    public ushort EmitTargetLoad(in GuestInstruction item, in RegisterPlan registers)
    {
        ref readonly Instruction branch = ref item.Decoded;
        if (branch.Op0Kind == OpKind.Register)
        {
            int register = registers.Host(InstructionAnalyzer.NumberOf(branch.Op0Register));
            if (register != X64Emitter.Rcx)
            {
                code.Move(X64Emitter.Rcx, register);
            }

            return 0;
        }

        MemoryOperand operand = new(
            branch.MemoryBase, branch.MemoryIndex, branch.MemoryIndexScale,
            (long)branch.MemoryDisplacement64, branch.MemoryDisplSize, false, Register.None);
        Instruction load = Instruction.Create(Code.Mov_r64_rm64, Register.RCX, operand);
        return EmitChanged(ref load, item, registers);
    }

    private ushort EmitChanged(
        ref Instruction changed, in GuestInstruction item, in RegisterPlan registers)
    {
        if (changed.IsIPRelativeMemoryOperand && changed.Mnemonic == Mnemonic.Lea
            && changed.Op0Register.IsGPR64()
            && (changed.IPRelativeMemoryAddress <= uint.MaxValue || IsFarRelative(changed, window)))
        {
            int to = registers.Host(InstructionAnalyzer.NumberOf(changed.Op0Register));
            code.MoveImmediate(to, changed.IPRelativeMemoryAddress);
            return 0;
        }

        RenamePinned(ref changed, registers.R15);
        if (item.Segment == GuestSegment.None && !IsFarRelative(changed, window))
        {
            Encode(changed);
            return 0;
        }

        changed.Code = WithModRm(changed.Code);
        int borrowed = ReplaceAddress(ref changed, item, registers);
        Encode(changed);
        if (borrowed < 0)
        {
            return 0;
        }

        code.Unspill(borrowed);
        return (ushort)(1 << borrowed);
    }

    private static void RenamePinned(ref Instruction instruction, int host)
    {
        if (host < 0)
        {
            return;
        }

        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register)
            {
                instruction.SetOpRegister(i, Renamed(instruction.GetOpRegister(i), host));
            }
        }

        instruction.MemoryBase = Renamed(instruction.MemoryBase, host);
        instruction.MemoryIndex = Renamed(instruction.MemoryIndex, host);
    }

    private static Register Renamed(Register register, int host) => register switch
    {
        Register.R15 => Register.RAX + host,
        Register.R15D => Register.EAX + host,
        Register.R15W => Register.AX + host,
        Register.R15L => host switch
        {
            < 4 => Register.AL + host,
            < 8 => Register.SPL + (host - 4),
            _ => Register.R8L + (host - 8),
        },
        _ => register,
    };

    /// <summary>A relative address that may be out of reach of the cache.</summary>
    public static bool IsFarRelative(in Instruction instruction, AddressWindow window) =>
        instruction.IsIPRelativeMemoryOperand
        && !window.MayHoldCode(instruction.IPRelativeMemoryAddress);

    /// <summary>Replaces a segment prefix, or a relative address out of reach, by registers that
    /// hold the guest's base and the address.</summary>
    /// <returns>The register borrowed besides the block's temporary, or -1.</returns>
    private int ReplaceAddress(
        ref Instruction instruction, in GuestInstruction item, in RegisterPlan registers)
    {
        int temporary = registers.Temporary;
        Invariant.Require(temporary >= 0);
        bool isStatic = instruction.IsIPRelativeMemoryOperand
            || (instruction.MemoryBase == Register.None
                && instruction.MemoryIndex == Register.None);
        ulong address = instruction.IsIPRelativeMemoryOperand
            ? instruction.IPRelativeMemoryAddress
            : instruction.MemoryDisplacement64;
        bool isNarrow = instruction.MemoryBase.IsGPR32() || instruction.MemoryIndex.IsGPR32();
        bool isFar = isStatic && (long)address != (int)address;
        bool hasSegment = item.Segment != GuestSegment.None;
        bool needsLow = temporary >= FirstExtended && UsesHighByte(instruction);
        bool needsPair = hasSegment && (isFar || isNarrow);
        int borrowed = needsPair || needsLow ? Borrow(item, registers) : -1;
        int scratch = borrowed >= 0 ? borrowed : temporary;
        if (needsPair)
        {
            LoadAddress(instruction, isStatic, address, temporary);
            code.LoadContext(scratch, BaseOffset(item.Segment));
            code.Lea(scratch, scratch, temporary, 1, 0);
            SetAddress(ref instruction, scratch, 0);
        }
        else if (!hasSegment)
        {
            code.MoveImmediate(scratch, address);
            SetAddress(ref instruction, scratch, 0);
        }
        else
        {
            code.LoadContext(scratch, BaseOffset(item.Segment));
            if (isStatic)
            {
                SetAddress(ref instruction, scratch, address);
            }
            else
            {
                AddToAddress(ref instruction, scratch);
            }
        }

        instruction.SegmentPrefix = Register.None;
        return borrowed;
    }

    private static int BaseOffset(GuestSegment segment) => segment == GuestSegment.Fs
        ? VcpuContextLayout.FsBase
        : VcpuContextLayout.GsBase;

    /// <summary>A register that neither the instruction nor the block's plan uses and that needs no
    /// REX prefix; its guest value goes to its spill slot.</summary>
    private int Borrow(in GuestInstruction item, in RegisterPlan registers)
    {
        const int Candidates = 0b1110_1100;                            // rdx rbx rbp rsi rdi
        int free = Candidates & ~(item.UsedRegisters | registers.LentMask);
        Invariant.Require(free != 0);
        int register = BitOperations.TrailingZeroCount(free);
        code.Spill(register);
        return register;
    }

    private void LoadAddress(in Instruction instruction, bool isStatic, ulong address, int to)
    {
        if (isStatic)
        {
            code.MoveImmediate(to, address);
            return;
        }

        MemoryOperand operand = new(
            instruction.MemoryBase, instruction.MemoryIndex, instruction.MemoryIndexScale,
            (long)instruction.MemoryDisplacement64, instruction.MemoryDisplSize, false,
            Register.None);
        Instruction lea = Instruction.Create(Code.Lea_r32_m, Register.EAX + to, operand);
        Encode(lea);
    }

    private static void SetAddress(ref Instruction instruction, int register, ulong displacement)
    {
        instruction.MemoryBase = Register.RAX + register;
        instruction.MemoryIndex = Register.None;
        instruction.MemoryIndexScale = 1;
        instruction.MemoryDisplacement64 = displacement;
        instruction.MemoryDisplSize = 8;
    }

    private void AddToAddress(ref Instruction instruction, int scratch)
    {
        Register register = Register.RAX + scratch;
        if (instruction.MemoryBase == Register.None)
        {
            instruction.MemoryBase = register;
        }
        else if (instruction.MemoryIndex == Register.None)
        {
            instruction.MemoryIndex = register;
            instruction.MemoryIndexScale = 1;
        }
        else
        {
            code.Lea(
                scratch, InstructionAnalyzer.NumberOf(instruction.MemoryBase), scratch, 1, 0);
            instruction.MemoryBase = register;
        }

        instruction.MemoryDisplSize = 8;
    }

    private static bool UsesHighByte(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) == OpKind.Register
                && instruction.GetOpRegister(i) is >= Register.AH and <= Register.BH)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>MOV between the accumulator and an absolute address has no base register.</summary>
    private static Code WithModRm(Code code) => code switch
    {
        Code.Mov_AL_moffs8 => Code.Mov_r8_rm8,
        Code.Mov_AX_moffs16 => Code.Mov_r16_rm16,
        Code.Mov_EAX_moffs32 => Code.Mov_r32_rm32,
        Code.Mov_RAX_moffs64 => Code.Mov_r64_rm64,
        Code.Mov_moffs8_AL => Code.Mov_rm8_r8,
        Code.Mov_moffs16_AX => Code.Mov_rm16_r16,
        Code.Mov_moffs32_EAX => Code.Mov_rm32_r32,
        Code.Mov_moffs64_RAX => Code.Mov_rm64_r64,
        _ => code,
    };

    private void Encode(in Instruction instruction)
    {
        if (!_encoder.TryEncode(instruction, code.Here, out _, out string? why))
        {
            Invariant.Require(false, $"`{instruction}` can be encoded: {why}");
        }
    }

    private void LoadContext(in Instruction instruction, int offset, in RegisterPlan registers)
    {
        int to = registers.Host(InstructionAnalyzer.NumberOf(instruction.Op0Register));
        if (instruction.Op0Register.IsGPR64())
        {
            code.LoadContext(to, offset);
        }
        else
        {
            code.LoadContext32(to, offset);
        }
    }

    /// <summary>The host may have more state components than the guest's processor: the mask in
    /// edx:eax is cut to x87, SSE and AVX.</summary>
    private ushort EmitExtendedState(in GuestInstruction item, in RegisterPlan registers)
    {
        const int Rdx = 2;
        code.Spill(X64Emitter.Rax);
        code.Spill(Rdx);
        code.MoveImmediate(Rdx, 7);
        code.Bytes([0xC4, 0xE2, 0x7B, 0xF5, 0xC2]);                    // pdep eax,eax,edx
        code.MoveImmediate(Rdx, 0);
        Instruction changed = item.Decoded;
        _ = EmitChanged(ref changed, item, registers);
        code.Unspill(Rdx);
        code.Unspill(X64Emitter.Rax);
        return (1 << X64Emitter.Rax) | (1 << Rdx);
    }
}
