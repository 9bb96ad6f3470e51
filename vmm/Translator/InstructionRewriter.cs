using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>Emits one guest instruction: a copy of its bytes where that does the same at another
/// address, else a re-encoding (relative addresses, the guest's fs: and gs:, the pinned register).
/// </summary>
internal sealed class InstructionRewriter(X64Emitter code)
{
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
    public void EmitTargetLoad(in GuestInstruction item, in RegisterPlan registers)
    {
        ref readonly Instruction branch = ref item.Decoded;
        if (branch.Op0Kind == OpKind.Register)
        {
            int register = registers.Host(InstructionAnalyzer.NumberOf(branch.Op0Register));
            if (register != X64Emitter.Rcx)
            {
                code.Move(X64Emitter.Rcx, register);
            }

            return;
        }

        MemoryOperand operand = new(
            branch.MemoryBase, branch.MemoryIndex, branch.MemoryIndexScale,
            (long)branch.MemoryDisplacement64, branch.MemoryDisplSize, false, Register.None);
        Instruction load = Instruction.Create(Code.Mov_r64_rm64, Register.RCX, operand);
        GuestInstruction copy = item;
        _ = EmitChanged(ref load, copy, registers);
    }

    private ushort EmitChanged(
        ref Instruction changed, in GuestInstruction item, in RegisterPlan registers)
    {
        ushort spills = 0;
        if (changed.IsIPRelativeMemoryOperand && changed.Mnemonic == Mnemonic.Lea
            && changed.Op0Register.IsGPR64())
        {
            int to = registers.Host(InstructionAnalyzer.NumberOf(changed.Op0Register));
            code.MoveImmediate(to, changed.IPRelativeMemoryAddress);
            return 0;
        }

        RenamePinned(ref changed, registers.R15);
        if (item.Segment != GuestSegment.None)
        {
            spills = AddSegmentBase(ref changed, item.Segment, registers);
        }

        if (!_encoder.TryEncode(changed, code.Here, out _, out string? why))
        {
            throw new NotSupportedException(
                $"guest instruction at 0x{item.Rip:x} can't be re-encoded: {why}");
        }

        return spills;
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

    /// <summary>Replaces the segment prefix by a register that holds the guest's base: the
    /// destination of a plain load where that is free to use, else the block's temporary.</summary>
    private ushort AddSegmentBase(
        ref Instruction instruction, GuestSegment segment, in RegisterPlan registers)
    {
        int offset = segment == GuestSegment.Fs
            ? VcpuContextLayout.FsBase
            : VcpuContextLayout.GsBase;
        instruction.SegmentPrefix = Register.None;
        if (instruction.MemoryBase.IsGPR32() || instruction.MemoryIndex.IsGPR32()
            || HasImplicitAddress(instruction) || registers.Temporary < 0)
        {
            throw new NotSupportedException(
                $"guest instruction at 0x{instruction.IP:x} has a segment prefix with an "
                + "address form that is not supported");
        }

        int scratch = registers.Temporary;
        Register register = Register.RAX + scratch;
        code.LoadContext(scratch, offset);
        if (instruction.IsIPRelativeMemoryOperand)
        {
            instruction.MemoryDisplacement64 = instruction.IPRelativeMemoryAddress;
            instruction.MemoryBase = register;
        }
        else if (instruction.MemoryBase == Register.None)
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
        return 0;
    }

    private static bool HasImplicitAddress(in Instruction instruction)
    {
        for (int i = 0; i < instruction.OpCount; i++)
        {
            if (instruction.GetOpKind(i) is not (OpKind.Memory or OpKind.Register)
                && instruction.GetOpKind(i) is >= OpKind.MemorySegSI and <= OpKind.MemoryESRDI)
            {
                return true;
            }
        }

        return false;
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
