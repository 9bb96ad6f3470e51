namespace Dilaton.Translator;

/// <summary>A finished translation.</summary>
internal struct TranslationBlock
{
    public uint HostStart;
    public uint HostEnd;

    /// <summary>Index of its first <see cref="InstructionEntry"/>.</summary>
    public int FirstEntry;
    public int EntryCount;
    public uint Units;

    /// <summary>Bytes that the head reserved in the record buffer.</summary>
    public int RecordBytes;
    public int FirstTemplate;

    /// <summary>Index of its first <see cref="BranchSite"/>, if branches are recorded.</summary>
    public int FirstBranch;
    public int BranchCount;
    public ushort LentMask;
    public sbyte R15;
    public BlockMode Mode;
}
