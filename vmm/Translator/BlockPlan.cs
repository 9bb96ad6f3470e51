namespace Dilaton.Translator;

/// <summary>A block on its way from guest bytes to host code: decoded by the
/// <see cref="BlockBuilder"/>, annotated by the passes, consumed by the
/// <see cref="BlockEmitter"/>. Reused.</summary>
internal sealed class BlockPlan
{
    public const int InstructionsMax = 128;
    private const int InstructionBytesMax = 15;

    private readonly byte[] _bytes = new byte[(InstructionsMax + 1) * InstructionBytesMax];

    /// <summary>One more than fits, for the instruction at which the block is cut.</summary>
    public GuestInstruction[] Items { get; } = new GuestInstruction[InstructionsMax + 1];

    public List<AccessSpec> Accesses { get; } = new(4 * InstructionsMax);

    public int Count { get; set; }

    public ulong Head { get; set; }

    public BlockMode Mode { get; set; }

    public BlockEnd End { get; set; }

    public ulong LinkRip { get; set; }

    public bool UsesX87 { get; set; }

    public bool FlagsLiveAtHead { get; set; }

    public ref GuestInstruction Last => ref Items[Count - 1];

    public bool EndsWith(InstructionRole role) =>
        End == BlockEnd.Terminator && Last.Role == role;

    public void Begin(ulong head, BlockMode mode)
    {
        Head = head;
        Mode = mode;
        Count = 0;
        End = BlockEnd.Link;
        LinkRip = head;
        UsesX87 = false;
        Accesses.Clear();
    }

    public void KeepBytes(int index, ReadOnlySpan<byte> bytes)
    {
        int at = index * InstructionBytesMax;
        bytes.CopyTo(_bytes.AsSpan(at));
        Items[index].BytesAt = at;
    }

    public ReadOnlySpan<byte> BytesOf(in GuestInstruction item) =>
        _bytes.AsSpan(item.BytesAt, item.Decoded.Length);
}
