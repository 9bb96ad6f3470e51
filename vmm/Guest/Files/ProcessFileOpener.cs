using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>The files of one process, for its loader and its mappings.</summary>
internal sealed class ProcessFileOpener(NodeFileSystem files, ProcessFiles process) : IFileOpener
{
    public int TryOpen(string path, [NotNullWhen(true)] out IMappableFile? file)
    {
        file = null;
        int error = files.Open(
            process,
            process.WorkingDirectory,
            ByteText.FromText(path),
            HostOpen.ReadOnly,
            0,
            out OpenFile? open);
        if (error != 0)
        {
            return error;
        }

        Invariant.Require(open is not null);
        file = open as IMappableFile;
        return file is not null ? 0 : open is DirectoryFile ? Errno.EISDIR : Errno.EACCES;
    }

    public int TryMakeMemoryFile(
        ulong lengthBytes, [NotNullWhen(true)] out IMappableFile? file)
    {
        TmpFile inode = new(files.MemoryFiles, FileModes.PermissionMask);
        int error = inode.TryOpen(HostOpen.ReadWrite, "/dev/zero (deleted)", out OpenFile? open);
        file = open as IMappableFile;
        return error != 0 ? error
            : open!.Truncate(checked((long)lengthBytes)) != 0 ? Errno.ENOMEM
            : 0;
    }

    public int TryGetMappableFile(int descriptor, [NotNullWhen(true)] out IMappableFile? file)
    {
        file = null;
        if (!process.Descriptors.TryGet(descriptor, out OpenFile? open) || open.IsPathOnly)
        {
            return Errno.EBADF;
        }

        if (!open.CanRead)
        {
            return Errno.EACCES;
        }

        file = open as IMappableFile;
        return file is not null || open is DeviceFile { IsZero: true } ? 0 : Errno.ENODEV;
    }
}
