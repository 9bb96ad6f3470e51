namespace Dilaton.Guest;

/// <summary>The type and permission bits of <c>st_mode</c>.</summary>
internal static class FileModes
{
    public const uint TypeMask = 0xf000;
    public const uint Pipe = 0x1000;
    public const uint CharacterDevice = 0x2000;
    public const uint Directory = 0x4000;
    public const uint BlockDevice = 0x6000;
    public const uint Regular = 0x8000;
    public const uint SymbolicLink = 0xa000;
    public const uint Socket = 0xc000;
    public const uint PermissionMask = 0xfff;
    public const uint AnyExecute = 0x49;

    /// <summary><c>d_type</c> of a directory entry.</summary>
    public static byte ToEntryType(uint mode) => (byte)((mode & TypeMask) >> 12);
}
