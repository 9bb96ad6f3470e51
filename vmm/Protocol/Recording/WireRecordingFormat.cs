namespace Dilaton.Protocol;

/// <summary>The file of a recorded wire: docs/protocol.md, section 6.</summary>
internal static class WireRecordingFormat
{
    public const int MagicBytes = 16;
    public const int HeadBytes = 24;
    public const int EntryBytes = 16;
    public const int NameBytesMax = 255;
    public const int SessionBytesMax = 4096;
    public const string HeartbeatSuffix = ".heartbeat";

    public static ReadOnlySpan<byte> Magic => "dilaton wire 1\n\0"u8;

    public static int Gap(long bytes) => (int)(-bytes & 7);
}
