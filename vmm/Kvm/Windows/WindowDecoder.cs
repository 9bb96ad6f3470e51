using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Kvm;

/// <summary>Finds out what a guest instruction wants of a window: the window's pages are in no page
/// table, so the instruction has faulted and has not executed, or a repeated one not this turn.</summary>
internal sealed class WindowDecoder
{
    private readonly IGuestAddressSpace _memory;
    private readonly CodeBytes _code;
    private readonly Decoder _decoder;
    private readonly InstructionInfoFactory _facts = new();

    public WindowDecoder(IGuestAddressSpace memory)
    {
        _memory = memory;
        _code = new CodeBytes(memory);
        _decoder = Decoder.Create(64, _code);
    }

    /// <param name="access">Becomes Write of a guest that may not store there, if so.</param>
    /// <returns>False if the fault is the guest's own.</returns>
    public bool TryFind(
        UserVcpu vcpu, ulong faultAddress, ref FaultAccess access, out WindowAccess found)
    {
        found = default;
        if (access == FaultAccess.Execute
            || !_memory.TryFindWindow(faultAddress, 1, isStore: false, out _))
        {
            return false;
        }

        found = Analyze(vcpu, faultAddress);
        if (found.Refusal is null && found.Writes
            && !_memory.TryFindWindow(found.Address, 1, isStore: true, out _))
        {
            access = FaultAccess.Write;
            return false;
        }

        return true;
    }

    private WindowAccess Analyze(UserVcpu vcpu, ulong faultAddress)
    {
        _code.Begin(vcpu.Registers.Rip);
        _decoder.IP = vcpu.Registers.Rip;
        _decoder.Decode(out Instruction instruction);
        Mnemonic mnemonic = instruction.Mnemonic;
        if (instruction.IsInvalid || HasHiddenAccess(instruction))
        {
            return Refuse(faultAddress, mnemonic, ", whose accesses depend on data");
        }

        if (IsFlush(instruction))
        {
            return Complete(
                AddressOf(Named(instruction), vcpu), 1, faultAddress, mnemonic, MemoryEventKind.Flush);
        }

        int count = 0;
        UsedMemory used = default;
        foreach (UsedMemory memory in _facts.GetInfo(instruction).GetUsedMemory())
        {
            if (IsInWindow(memory, SizeOf(memory, instruction), vcpu))
            {
                count++;
                used = memory;
            }
        }

        return count == 1
            ? Complete(
                AddressOf(used, vcpu),
                SizeOf(used, instruction),
                faultAddress,
                mnemonic,
                KindOf(instruction, used.Access))
            : Refuse(faultAddress, mnemonic, ", which does more than one load, store or update there");
    }

    private WindowAccess Complete(
        ulong address, int size, ulong faultAddress, Mnemonic mnemonic, MemoryEventKind kind)
    {
        if (size is 0 or > WindowAccess.SizeBytesMax || faultAddress - address >= (ulong)size)
        {
            return Refuse(faultAddress, mnemonic, $" of {size} bytes");
        }

        return _memory.TryFindWindow(
            address, (ulong)size, isStore: false, out GuestPhysicalAddress physical)
            ? new WindowAccess(address, physical, size, kind, null)
            : Refuse(faultAddress, mnemonic, " that goes beyond the window's end or begin");
    }

    /// <summary>Its addresses or their number show only when it runs.</summary>
    private static bool HasHiddenAccess(in Instruction instruction) => instruction.Mnemonic switch
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

    private bool IsInWindow(in UsedMemory used, int size, UserVcpu vcpu)
    {
        if (used.Access is OpAccess.None or OpAccess.NoMemAccess)
        {
            return false;
        }

        ulong address = AddressOf(used, vcpu);
        ulong last = address + (ulong)Math.Max(size, 1) - 1;
        return _memory.TryFindWindow(address, 1, isStore: false, out _)
            || _memory.TryFindWindow(last, 1, isStore: false, out _);
    }

    /// <summary>Of a repeated instruction, that of one turn: each faults by itself.</summary>
    private static int SizeOf(in UsedMemory used, in Instruction instruction) =>
        instruction.IsStringInstruction ? instruction.MemorySize.GetSize() : used.MemorySize.GetSize();

    /// <summary>A flush names a line by any byte of it.</summary>
    private static UsedMemory Named(in Instruction flush) => new(
        flush.MemorySegment,
        flush.IsIPRelativeMemoryOperand ? Register.None : flush.MemoryBase,
        flush.MemoryIndex,
        flush.MemoryIndexScale,
        flush.MemoryDisplacement64,
        MemorySize.UInt8,
        OpAccess.Read);

    private static MemoryEventKind KindOf(in Instruction instruction, OpAccess access)
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

    private static bool IsFlush(in Instruction instruction) =>
        instruction.Mnemonic is Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb;

    private static ulong AddressOf(in UsedMemory memory, UserVcpu vcpu)
    {
        ref readonly KvmRegisters registers = ref vcpu.Registers;
        ulong address = memory.Displacement + ValueOf(memory.Base, registers)
            + (ValueOf(memory.Index, registers) * (ulong)memory.Scale);
        address = memory.Base.IsGPR32() || memory.Index.IsGPR32() ? (uint)address : address;
        return address + memory.Segment switch
        {
            Register.FS => vcpu.FsBase,
            Register.GS => vcpu.GsBase,
            _ => 0,
        };
    }

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

    private static WindowAccess Refuse(ulong address, Mnemonic mnemonic, string what) => new(
        address,
        default,
        0,
        default,
        $"{mnemonic.ToString().ToLowerInvariant()}{what} (window address 0x{address:x})");
}
