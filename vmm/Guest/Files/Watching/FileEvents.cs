namespace Dilaton.Guest;

/// <summary>Tells those who watch a file, or the folder that its name is in, what happens to it. The
/// order is Linux's: first the folder's watches, with the name, then the file's own.</summary>
internal static class FileEvents
{
    /// <summary>Something happens to an open file.</summary>
    public static void Tell(OpenFile file, uint what)
    {
        if (IsWatched(file))
        {
            bool isUnlinked = !file.Inode.IsDirectory && file.GetStatus().LinkCount == 0;
            Tell(file.Inode, file.Folder, file.NameInFolder, what, isUnlinked);
        }
    }

    /// <summary>Something happens to a file that has been found by a name.</summary>
    public static void Tell(
        Inode inode, DirectoryInode? folder, string name, uint what, bool isUnlinked = false)
    {
        uint kind = inode.IsDirectory ? FileEvent.IsFolder : 0;
        if (inode is DirectoryInode self)
        {
            (folder, name) = ReferenceEquals(self.Parent, self) ? (null, "") : (self.Parent, self.Name);
        }

        Put(folder?.Record, what | kind, name, 0, isUnlinked);
        Put(inode.Record, what | kind, "", 0, isUnlinked);
    }

    /// <summary>A name is made or removed.</summary>
    public static void TellName(DirectoryInode folder, string name, bool isFolder, uint what) =>
        Put(folder.Record, what | (isFolder ? FileEvent.IsFolder : 0), name, 0, false);

    /// <summary>A file has another name.</summary>
    public static void TellLinked(DirectoryInode folder, string name, Inode inode)
    {
        Put(inode.Record, FileEvent.Attributes, "", 0, false);
        TellName(folder, name, isFolder: false, FileEvent.Create);
    }

    /// <summary>A name of something is gone.</summary>
    /// <param name="linksBefore">How many names it had.</param>
    public static void TellRemoved(
        DirectoryInode folder, string name, Inode inode, uint linksBefore)
    {
        if (!inode.IsDirectory)
        {
            Put(inode.Record, FileEvent.Attributes, "", 0, false);
        }

        TellGone(inode, linksBefore);
        TellName(folder, name, inode.IsDirectory, FileEvent.Delete);
    }

    /// <summary>A name has been moved, and what had the new one is gone.</summary>
    /// <param name="cookie">The same in both folders' events.</param>
    public static void TellMoved(
        in PathLookup from, in PathLookup to, Inode moved, Inode? replaced, uint cookie)
    {
        uint kind = moved.IsDirectory ? FileEvent.IsFolder : 0;
        Put(from.Parent!.Record, FileEvent.MovedFrom | kind, from.Name, cookie, false);
        Put(to.Parent!.Record, FileEvent.MovedTo | kind, to.Name, cookie, false);
        if (replaced is not null)
        {
            uint replacedKind = replaced.IsDirectory ? FileEvent.IsFolder : 0;
            Put(replaced.Record, FileEvent.Attributes | replacedKind, "", 0, false);
        }

        Put(moved.Record, FileEvent.MoveSelf, "", 0, false);
    }

    /// <summary>The file itself goes with its last name, once nobody has it open.</summary>
    public static void TellGone(Inode inode, uint linksBefore)
    {
        if ((linksBefore <= 1 || inode.IsDirectory) && inode.Record.OpenCount == 0)
        {
            TellGone(inode.Record);
        }
    }

    /// <summary>The last descriptor of an open file is closed.</summary>
    public static void TellClosing(OpenFile file)
    {
        if (!file.IsPathOnly)
        {
            Tell(file, file.CanWrite ? FileEvent.CloseWritten : FileEvent.CloseUnwritten);
        }
    }

    public static void TellGone(InodeRecord record)
    {
        Put(record, FileEvent.DeleteSelf, "", 0, false);
        foreach (FileWatch watch in record.Watches.ToArray())
        {
            watch.Owner.Remove(watch);
        }
    }

    private static bool IsWatched(OpenFile file) =>
        file.Inode.Record.Watches.Count > 0
        || file.Folder?.Record.Watches.Count > 0
        || (file.Inode is DirectoryInode folder && folder.Parent.Record.Watches.Count > 0);

    private static void Put(
        InodeRecord? record, uint what, string name, uint cookie, bool isUnlinked)
    {
        if (record is null || record.Watches.Count == 0)
        {
            return;
        }

        foreach (FileWatch watch in record.Watches.ToArray())
        {
            bool isExcluded = isUnlinked && name.Length > 0
                && (watch.Mask & FileWatch.ExcludeUnlinked) != 0;
            if ((watch.Mask & what & FileEvent.All) != 0 && !isExcluded)
            {
                watch.Owner.Put(watch, what, name, cookie);
            }
        }
    }
}
