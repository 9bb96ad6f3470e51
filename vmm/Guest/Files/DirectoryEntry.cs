namespace Dilaton.Guest;

/// <summary>A name in a folder.</summary>
/// <param name="Mode">Its type bits suffice.</param>
internal readonly record struct DirectoryEntry(string Name, ulong Inode, uint Mode);
