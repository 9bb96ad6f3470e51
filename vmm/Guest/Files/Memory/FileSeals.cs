namespace Dilaton.Guest;

/// <summary>Seals of memory files (fcntl(2), "File Sealing").</summary>
internal static class FileSeals
{
    public const uint Seal = 0x1;
    public const uint Shrink = 0x2;
    public const uint Grow = 0x4;
    public const uint Write = 0x8;
    public const uint FutureWrite = 0x10;
    public const uint Execute = 0x20;
    public const uint All = 0x3f;
    public const uint AnyWrite = Write | FutureWrite;
}
