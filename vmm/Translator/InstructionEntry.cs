namespace Dilaton.Translator;

/// <summary>Maps host code back to a guest instruction, for precise faults.</summary>
internal struct InstructionEntry
{
    /// <summary>Offset in the cache where the instruction's host code begins.</summary>
    public uint HostStart;

    /// <summary>Its address, from the start of the guest's window on.</summary>
    public uint Rip;

    /// <summary>Cost of the earlier instructions of the block.</summary>
    public uint UnitsBefore;
    public ushort TemplatesBefore;
    public ushort ValuesBefore;

    /// <summary>Registers in their spill slots while it runs, besides the block's lent ones.
    /// </summary>
    public ushort ExtraSpills;
}
