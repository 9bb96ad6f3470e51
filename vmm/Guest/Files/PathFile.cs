namespace Dilaton.Guest;

/// <summary>A file opened with O_PATH: a place, not its contents.</summary>
internal sealed class PathFile(Inode inode, int flags, string path) : OpenFile(inode, flags, path);
