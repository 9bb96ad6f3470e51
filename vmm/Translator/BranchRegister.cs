namespace Dilaton.Translator;

/// <summary>Where guest rcx is while a block is emitted: its register is what branches compute in.
/// A value borrowed away stays in its slot until an instruction needs it, as many blocks overwrite
/// rcx first, or hand the full slot on to the next indirect branch.</summary>
internal sealed class BranchRegister(X64Emitter code)
{
    /// <summary>The host register holds the guest's value.</summary>
    public bool IsInRegister { get; private set; }

    /// <summary>The slot holds the guest's value.</summary>
    public bool IsInSlot { get; private set; }

    /// <summary>Registers that lie in their slots, for precise faults.</summary>
    public ushort Spilled => (ushort)(IsInRegister ? 0 : 1 << X64Emitter.Rcx);

    public void Begin(bool inSlot)
    {
        IsInRegister = !inSlot;
        IsInSlot = inSlot;
    }

    /// <summary>Makes the host register free to use.</summary>
    public void Borrow()
    {
        if (!IsInSlot)
        {
            code.Spill(X64Emitter.Rcx);
        }

        IsInSlot = true;
        IsInRegister = false;
    }

    /// <summary>Makes the host register hold the guest's value.</summary>
    public void Restore()
    {
        if (!IsInRegister)
        {
            code.Unspill(X64Emitter.Rcx);
        }

        IsInRegister = true;
    }

    /// <summary>What an instruction did to it.</summary>
    public void After(in GuestInstruction item)
    {
        if ((item.WrittenRegisters & (1 << X64Emitter.Rcx)) != 0)
        {
            Begin(inSlot: false);
        }
    }
}
