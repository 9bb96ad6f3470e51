using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>What the memory operands of a decoded instruction mean, with a vCPU's registers before it
/// executes.</summary>
internal static class Operands
{
    /// <summary>Its addresses or their number show only when it runs.</summary>
    public static bool HasHiddenAccess(in Instruction instruction) => instruction.Mnemonic switch
    {
        Mnemonic.Vmaskmovps or Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovd or Mnemonic.Vpmaskmovq
            or Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu => true,
        Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64
            or Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xrstor or Mnemonic.Xrstor64 => true,
        Mnemonic.Enter or Mnemonic.Xlatb => true,
        Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc =>
            instruction is { Op0Kind: OpKind.Memory, Op1Kind: OpKind.Register },
        _ => instruction.IsVsib,
    };

    public static MemoryEventKind KindOf(in Instruction instruction, OpAccess access)
    {
        bool reads = access is not (OpAccess.Write or OpAccess.CondWrite);
        bool writes = access is OpAccess.Write or OpAccess.CondWrite or OpAccess.ReadWrite
            or OpAccess.ReadCondWrite;
        if (!(reads && writes))
        {
            return writes ? MemoryEventKind.Store : MemoryEventKind.Load;
        }

        return instruction.HasLockPrefix || instruction.Mnemonic == Mnemonic.Xchg
            ? MemoryEventKind.Atomic
            : MemoryEventKind.Modify;
    }

    public static bool IsFlush(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb;

    public static bool IsPrefetch(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Prefetch or Mnemonic.Prefetchnta or Mnemonic.Prefetcht0
            or Mnemonic.Prefetcht1 or Mnemonic.Prefetcht2 or Mnemonic.Prefetchw
            or Mnemonic.Prefetchwt1;

    /// <summary>A flush or prefetch names a line by any byte of it.</summary>
    public static UsedMemory Named(in Instruction hint) => new(
        hint.MemorySegment,
        hint.IsIPRelativeMemoryOperand ? Register.None : hint.MemoryBase,
        hint.MemoryIndex,
        hint.MemoryIndexScale,
        hint.MemoryDisplacement64,
        MemorySize.UInt8,
        OpAccess.Read);

    public static ulong AddressOf(in UsedMemory memory, UserVcpu vcpu)
    {
        ref readonly KvmRegisters registers = ref vcpu.Registers;
        ulong address = memory.Displacement + ValueOf(memory.Base, registers)
            + (ValueOf(memory.Index, registers) * (ulong)memory.Scale);
        address = memory.Base.IsGPR32() || memory.Index.IsGPR32() ? (uint)address : address;
        return address + BaseOf(memory.Segment, vcpu);
    }

    public static ulong BaseOf(Register segment, UserVcpu vcpu) => segment switch
    {
        Register.FS => vcpu.FsBase,
        Register.GS => vcpu.GsBase,
        _ => 0,
    };

    /// <summary>An address relative to rip is in the displacement already.</summary>
    private static ulong ValueOf(Register register, in KvmRegisters registers) =>
        register.GetFullRegister() switch
        {
            Register.RAX => registers.Rax,
            Register.RCX => registers.Rcx,
            Register.RDX => registers.Rdx,
            Register.RBX => registers.Rbx,
            Register.RSP => registers.Rsp,
            Register.RBP => registers.Rbp,
            Register.RSI => registers.Rsi,
            Register.RDI => registers.Rdi,
            Register.R8 => registers.R8,
            Register.R9 => registers.R9,
            Register.R10 => registers.R10,
            Register.R11 => registers.R11,
            Register.R12 => registers.R12,
            Register.R13 => registers.R13,
            Register.R14 => registers.R14,
            Register.R15 => registers.R15,
            _ => 0,
        };
}
