using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>The layout of a block of records: docs/protocol.md, section 3.2.</summary>
internal static class RecordColumns
{
    public const byte KindMask = 0x0F;
    public const byte BehindCut = 0x80;

    /// <summary>Records that a payload has room for at the most.</summary>
    public const int RecordsMax = (ProtocolLimits.PayloadBytesMax / 25) - 8;

    public const byte KindMax = (byte)MemoryEventKind.Writeback;

    /// <summary>What is no access: with the issue set `interval`, and with either.</summary>
    public const byte Drain = (byte)MemoryEventKind.Drain;
    public const byte Mispredict = (byte)MemoryEventKind.Mispredict;

    /// <param name="hasProgram">The issue set is `interval`: two columns more.</param>
    public static long BytesFor(long count, bool hasProgram) =>
        ((hasProgram ? 4 : 2) * Pad(count * sizeof(uint))) + (count * sizeof(ulong)) + Pad(count);

    private static long Pad(long bytes) => (bytes + 7) & ~7L;
}
