using Dilaton.Core;
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
        if (instruction.IsInvalid || Operands.HasHiddenAccess(instruction))
        {
            return Refuse(faultAddress, mnemonic, ", whose accesses depend on data");
        }

        if (Operands.IsFlush(instruction))
        {
            ulong named = Operands.AddressOf(Operands.Named(instruction), vcpu);
            return Complete(named, 1, faultAddress, mnemonic, MemoryEventKind.Flush);
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
                Operands.AddressOf(used, vcpu),
                SizeOf(used, instruction),
                faultAddress,
                mnemonic,
                Operands.KindOf(instruction, used.Access))
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

    private bool IsInWindow(in UsedMemory used, int size, UserVcpu vcpu)
    {
        if (used.Access is OpAccess.None or OpAccess.NoMemAccess)
        {
            return false;
        }

        ulong address = Operands.AddressOf(used, vcpu);
        ulong last = address + (ulong)Math.Max(size, 1) - 1;
        return _memory.TryFindWindow(address, 1, isStore: false, out _)
            || _memory.TryFindWindow(last, 1, isStore: false, out _);
    }

    /// <summary>Of a repeated instruction, that of one turn: each faults by itself.</summary>
    private static int SizeOf(in UsedMemory used, in Instruction instruction) =>
        instruction.IsStringInstruction ? instruction.MemorySize.GetSize() : used.MemorySize.GetSize();

    private static WindowAccess Refuse(ulong address, Mnemonic mnemonic, string what) => new(
        address,
        default,
        0,
        default,
        $"{mnemonic.ToString().ToLowerInvariant()}{what} (window address 0x{address:x})");
}
