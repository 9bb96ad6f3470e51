using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>Finds out what a guest instruction wants of a window: its page is closed to guest code,
/// so the instruction has faulted and has not executed.</summary>
internal sealed class WindowInstruction(
    VcpuContext context, BlockTranslator translator, IGuestAddressSpace memory)
{
    private readonly List<AccessSpec> _accesses = [];
    private GuestInstruction _item;

    /// <param name="fault">Becomes that of a guest that may not store there, if so.</param>
    /// <returns>False if the fault is the guest's own.</returns>
    public bool TryFind(ref GuestFault fault, out WindowAccess access)
    {
        access = default;
        if (fault.Vector != FaultVector.PageFault || fault.Access == FaultAccess.Execute
            || !memory.TryFindWindow(fault.Address, 1, isStore: false, out _))
        {
            return false;
        }

        access = Analyze(fault.Address);
        if (access.Refusal is null && access.Writes
            && !memory.TryFindWindow(access.Address, 1, isStore: true, out _))
        {
            fault = fault with { Access = FaultAccess.Write };
            return false;
        }

        return true;
    }

    private WindowAccess Analyze(ulong faultAddress)
    {
        Invariant.Require(
            translator.TryAnalyze(context.Registers.Rip, ref _item, _accesses));
        string mnemonic = _item.Decoded.Mnemonic.ToString().ToLowerInvariant();
        if (DynamicAccesses.IsRepeated(_item.Decoded))
        {
            return Refuse(faultAddress, $"a repeated {mnemonic}");
        }

        if (_item.Role != InstructionRole.Plain || RoleClassifier.HasDynamicAccess(_item.Decoded)
            || _accesses.Count != 1)
        {
            return Refuse(
                faultAddress, $"{mnemonic}, which does more than one load, store or update");
        }

        AccessSpec spec = _accesses[0];
        ulong address = AddressOf(spec);
        if (spec.Size > WindowAccess.SizeBytesMax || faultAddress - address >= spec.Size)
        {
            return Refuse(faultAddress, $"{mnemonic} of {spec.Size} bytes");
        }

        return memory.TryFindWindow(
            address, spec.Size, isStore: false, out GuestPhysicalAddress physical)
            ? new WindowAccess(address, physical, spec.Size, spec.Kind, null)
            : Refuse(faultAddress, $"{mnemonic} that goes beyond the window's end or begin");
    }

    private WindowAccess Refuse(ulong address, string what) =>
        new(address, default, 0, default, $"{what} (window address 0x{address:x})");

    private ulong AddressOf(in AccessSpec spec)
    {
        ulong address = (ulong)spec.Displacement
            + (spec.Base < 0 ? 0 : context.Register(spec.Base))
            + (spec.Index < 0 ? 0 : context.Register(spec.Index) * spec.Scale);
        address = spec.Address32 ? (uint)address : address;
        return address + spec.Segment switch
        {
            GuestSegment.Fs => context.Registers.FsBase,
            GuestSegment.Gs => context.Registers.GsBase,
            _ => 0,
        };
    }
}
