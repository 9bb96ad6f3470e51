namespace Dilaton.Guest;

/// <summary>What happens to a file, as inotify(7) numbers it.</summary>
internal static class FileEvent
{
    public const uint Access = 0x1;
    public const uint Modify = 0x2;
    public const uint Attributes = 0x4;
    public const uint CloseWritten = 0x8;
    public const uint CloseUnwritten = 0x10;
    public const uint Open = 0x20;
    public const uint MovedFrom = 0x40;
    public const uint MovedTo = 0x80;
    public const uint Create = 0x100;
    public const uint Delete = 0x200;
    public const uint DeleteSelf = 0x400;
    public const uint MoveSelf = 0x800;
    public const uint All = 0xfff;

    public const uint QueueOverflow = 0x4000;
    public const uint Ignored = 0x8000;
    public const uint IsFolder = 0x4000_0000;
}
