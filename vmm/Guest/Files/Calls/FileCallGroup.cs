using System.Diagnostics.CodeAnalysis;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>What all groups of file system calls share: finding the process, its descriptors and
/// the place a path leads to.</summary>
internal abstract class FileCallGroup(NodeFileSystem files)
{
    protected const int CurrentDirectory = -100;
    protected const int SymlinkNoFollow = 0x100;
    protected const int SymlinkFollow = 0x400;
    protected const int EmptyPath = 0x1000;

    protected NodeFileSystem Files { get; } = files;

    public abstract void Register(SystemCallTable table);

    protected ProcessFiles GetProcess(SystemCallContext call) => Files.Enter(call);

    protected bool TryGetFile(
        SystemCallContext call, int argument, [NotNullWhen(true)] out OpenFile? file) =>
        GetProcess(call).Descriptors.TryGet(call.Int32Argument(argument), out file);

    /// <summary>Finds an open file that can be used for more than its place.</summary>
    protected bool TryGetUsable(
        SystemCallContext call, int argument, [NotNullWhen(true)] out OpenFile? file) =>
        TryGetFile(call, argument, out file) && !file.IsPathOnly;

    /// <summary>Reads a path argument as a byte string.</summary>
    /// <returns>0, EFAULT or ENAMETOOLONG.</returns>
    protected static int TryReadPath(SystemCallContext call, int argument, out string path)
    {
        path = "";
        ulong address = call.Argument(argument);
        IUserMemory memory = call.Memory;
        if (!memory.TryGetSpan(address, PathResolver.PathLengthMax, false, out Span<byte> span))
        {
            return Errno.EFAULT;
        }

        int length = span.IndexOf((byte)0);
        if (length < 0)
        {
            return span.Length < PathResolver.PathLengthMax ? Errno.EFAULT : Errno.ENAMETOOLONG;
        }

        path = ByteText.FromBytes(span[..length]);
        memory.Commit(address, (ulong)length + 1, isStore: false);
        return 0;
    }

    /// <summary>The folder that a relative path starts from.</summary>
    protected int TryGetStart(
        SystemCallContext call, int folder, string path, out DirectoryInode start)
    {
        ProcessFiles process = GetProcess(call);
        start = process.WorkingDirectory;
        if (path.Length == 0)
        {
            return Errno.ENOENT;
        }

        if (folder == CurrentDirectory || path.StartsWith('/'))
        {
            return 0;
        }

        if (!process.Descriptors.TryGet(folder, out OpenFile? file))
        {
            return Errno.EBADF;
        }

        if (file is not DirectoryFile directory)
        {
            return Errno.ENOTDIR;
        }

        start = directory.Directory;
        return 0;
    }

    /// <summary>Reads a path argument and finds the place of the name it makes or removes.
    /// </summary>
    protected int TryResolvePlace(
        SystemCallContext call, int folder, int pathArgument, out PathLookup place)
    {
        place = default;
        int error = TryReadPath(call, pathArgument, out string path);
        if (error == 0)
        {
            error = TryGetStart(call, folder, path, out DirectoryInode start);
            if (error == 0)
            {
                place = Files.Resolver.ResolvePlace(start, path);
                error = place.Error;
            }
        }

        return error;
    }

    /// <summary>The existing file that a folder, path and AT_ flags name.</summary>
    /// <param name="file">Set if AT_EMPTY_PATH named an open file.</param>
    protected int TryFind(
        SystemCallContext call,
        int folder,
        int pathArgument,
        int flags,
        out Inode? inode,
        out OpenFile? file) =>
        TryFind(call, folder, pathArgument, flags, out inode, out file, out _);

    private int TryFind(
        SystemCallContext call,
        int folder,
        int pathArgument,
        int flags,
        out Inode? inode,
        out OpenFile? file,
        out PathLookup lookup)
    {
        inode = null;
        file = null;
        lookup = default;
        bool mayBeEmpty = (flags & EmptyPath) != 0;
        string path = "";
        int error = mayBeEmpty && call.Argument(pathArgument) == 0
            ? 0
            : TryReadPath(call, pathArgument, out path);
        if (error != 0)
        {
            return error;
        }

        if (mayBeEmpty && path.Length == 0)
        {
            return TryFindOpen(call, folder, out inode, out file);
        }

        error = TryGetStart(call, folder, path, out DirectoryInode start);
        if (error != 0)
        {
            return error;
        }

        lookup = Files.Resolver.Resolve(start, path, (flags & SymlinkNoFollow) == 0);
        inode = lookup.Target;
        return lookup.ErrorOrMissing;
    }

    protected int TryFind(
        SystemCallContext call, int folder, int pathArgument, int flags, out Inode? inode) =>
        TryFind(call, folder, pathArgument, flags, out inode, out _);

    protected int TryFindNamed(
        SystemCallContext call, int folder, int pathArgument, int flags, out FoundFile found)
    {
        int error = TryFind(
            call,
            folder,
            pathArgument,
            flags,
            out Inode? inode,
            out OpenFile? file,
            out PathLookup lookup);
        found = file is not null
            ? Found(file)
            : new FoundFile(inode!, lookup.IsPlainName ? lookup.Parent : null, lookup.Name ?? "");
        return error;
    }

    /// <summary>RLIMIT_FSIZE: how much may be written to a file.</summary>
    /// <param name="offset">Null writes at its position.</param>
    /// <returns>False if nothing may: the thread has got SIGXFSZ.</returns>
    protected bool TryLimit(
        SystemCallContext call, OpenFile file, long? offset, ref ulong bytesMax)
    {
        ulong limit = GetProcess(call).FileSizeMax;
        if (limit == ResourceLimits.Infinity || !file.Inode.IsRegular)
        {
            return true;
        }

        bool isAppending = (file.Flags & HostOpen.Append) != 0;
        long at = isAppending ? file.GetStatus().SizeBytes : offset ?? file.Seek(0, 1);
        if ((ulong)at >= limit)
        {
            Files.BrokenPipe?.FileTooLarge(call);
            return false;
        }

        bytesMax = Math.Min(bytesMax, limit - (ulong)at);
        return true;
    }

    /// <summary>RLIMIT_FSIZE: whether a file may get that long.</summary>
    protected bool MayGrow(SystemCallContext call, Inode inode, long lengthBytes)
    {
        bool isTooLarge = (ulong)lengthBytes > GetProcess(call).FileSizeMax
            && lengthBytes > inode.GetStatus().SizeBytes;
        if (isTooLarge)
        {
            Files.BrokenPipe?.FileTooLarge(call);
        }

        return !isTooLarge;
    }

    protected static FoundFile Found(OpenFile file) => new(file.Inode, file.Folder, file.NameInFolder);

    /// <summary>Tells of a change that succeeded.</summary>
    /// <param name="error">0, or why it did not.</param>
    protected static long Changed(in FoundFile found, uint what, long error)
    {
        if (error == 0)
        {
            FileEvents.Tell(found.Inode, found.Folder, found.Name, what);
        }

        return error;
    }

    /// <summary>Gives a new open file a descriptor, or closes it if there is none.</summary>
    protected static long AddDescriptor(
        ProcessFiles process, OpenFile file, bool isCloseOnExec) =>
        process.AddFile(file, isCloseOnExec ? HostOpen.CloseOnExec : 0);

    private int TryFindOpen(
        SystemCallContext call, int descriptor, out Inode? inode, out OpenFile? file)
    {
        file = null;
        if (descriptor == CurrentDirectory)
        {
            inode = GetProcess(call).WorkingDirectory;
            return 0;
        }

        bool found = GetProcess(call).Descriptors.TryGet(descriptor, out file);
        inode = file?.Inode;
        return found ? 0 : Errno.EBADF;
    }
}
