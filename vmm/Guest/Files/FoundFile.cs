namespace Dilaton.Guest;

/// <summary>A file, and where the name is by which it was found.</summary>
internal readonly record struct FoundFile(Inode Inode, DirectoryInode? Folder, string Name);
