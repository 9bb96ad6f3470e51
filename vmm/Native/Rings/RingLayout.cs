namespace Dilaton.Native;

/// <summary>Where things lie in a ring's file: docs/protocol.md, section 7.</summary>
public static class RingLayout
{
    public const int HeadBytes = 4096;
    public const int CapacityAt = 16;
    public const int CapacityBytesMin = 4096;
    public const int CapacityBytesMax = 64 << 20;

    /// <summary>Of the lane to the peer; the one to the worker follows it.</summary>
    public const int LaneAt = 256;
    public const int LaneBytes = 256;
    public const int WrittenAt = 0;
    public const int ReadAt = 64;
    public const int SleepsAt = 128;

    public const int EntryBytes = 16;

    public static ReadOnlySpan<byte> Magic => "dilaton ring 1\n\0"u8;
}
