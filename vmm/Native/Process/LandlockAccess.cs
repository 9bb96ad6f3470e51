namespace Dilaton.Native;

/// <summary>What a rule of Landlock allows.</summary>
public enum LandlockAccess
{
    /// <summary>To list folders, and no more.</summary>
    List,

    /// <summary>To read files and list folders.</summary>
    Read,

    /// <summary>To read, change, make, move and remove files, folders and links.</summary>
    Write,
}
