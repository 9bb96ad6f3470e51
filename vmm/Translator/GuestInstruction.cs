using Dilaton.Core;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>A decoded guest instruction and what the passes found out about it.</summary>
internal struct GuestInstruction
{
    public Instruction Decoded;
    public InstructionRole Role;
    public ExitKind Exit;
    public FaultVector Vector;

    /// <summary>Condition code number of the side exit's jump.</summary>
    public byte Condition;
    public ushort RegionMark;
    public bool UsesX87;

    /// <summary>Needs a rewritten memory operand because of fs: or gs:.</summary>
    public GuestSegment Segment;

    /// <summary>General registers read or written, guest numbers.</summary>
    public ushort UsedRegisters;
    public ushort WrittenRegisters;

    /// <summary>Those whose old value plays no part.</summary>
    public ushort ReplacedRegisters;

    /// <summary>Status flags read, and those overwritten in any case.</summary>
    public ushort FlagsRead;
    public ushort FlagsKilled;

    /// <summary>Status flags that matter after this instruction.</summary>
    public bool FlagsLiveBefore;
    public bool FlagsLiveAfter;
    public int FirstAccess;
    public int AccessCount;

    /// <summary>Where the way that is not followed leads.</summary>
    public ulong SideExit;

    /// <summary>Bytes in the block's byte store.</summary>
    public int BytesAt;

    public readonly ulong Rip => Decoded.IP;

    public readonly ulong NextRip => Decoded.NextIP;
}
