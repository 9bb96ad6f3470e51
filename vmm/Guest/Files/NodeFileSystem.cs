using System.Diagnostics.CodeAnalysis;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>A node's file system: its tree of mounts, and what each of its processes has open.
/// </summary>
internal sealed class NodeFileSystem
{
    private const uint InitialUmask = 0x12;
    private const uint OwnerReadWrite = 0x180;

    /// <summary>Tells the file system's random bytes from the kernel's of the same seed.</summary>
    private const ulong RandomStream = 0x66_69_6c_65;

    private readonly SortedDictionary<int, ProcessFiles> _processes = [];
    private readonly Dictionary<int, PendingCall> _pending = [];

    private IEventQueue? _events;

    public NodeFileSystem(
        FileSystemOptions options,
        FileOrigin origin,
        StandardStreams streams,
        NodeNetwork? network = null)
    {
        Options = options;
        Network = network;
        Clock = new FileClock(origin);
        Random = new SeededRandom(origin.Seed ^ RandomStream);
        Mounts = new MountTable(Clock);
        Anonymous = new AnonymousVolume(Clock);
        Sockets = new SocketVolume(Clock);
        LocalNames = new LocalNames(Sockets, () => CallingProcessId);
        SocketTransfers = new SocketTransfers(this);
        MemoryFiles = new TmpVolume("tmpfs", Mounts.NextVirtualDevice(), false, Clock);
        Standard = new StandardFiles(this, streams, Anonymous);
        Terminals = new NodeTerminals(this, first: Standard.Line is null ? 0 : 1);
        TerminalReads = new TerminalReads(this);
        BuiltInMounts builtIn = new(this);
        Mounts.MountAll(options, builtIn.Plan());
        builtIn.MountNames();
        Resolver = new PathResolver(Mounts.Root, MaySearch);
        PathLookup start = Resolver.Resolve(
            Mounts.Root, ByteText.FromText(options.WorkingDirectory), followLast: true);
        InitialDirectory = start.Target as DirectoryInode
            ?? throw new ConfigException(
                "workingDirectory", $"'{options.WorkingDirectory}' is no folder of the guest");
    }

    public FileSystemOptions Options { get; }

    /// <summary>Null if no program can have a socket: in tests.</summary>
    public NodeNetwork? Network { get; }

    public FileClock Clock { get; }

    public SeededRandom Random { get; }

    public IEventQueue Events =>
        _events ?? throw new InvariantException("the file system is attached to a node");

    public IBrokenPipeHandler? BrokenPipe { get; private set; }

    /// <summary>What <c>/proc</c> tells of processes; none while null.</summary>
    public IMachineView? View { get; private set; }

    public MountTable Mounts { get; }

    /// <summary>Home of pipes, eventfds and the like, which have no name.</summary>
    public AnonymousVolume Anonymous { get; }

    public SocketVolume Sockets { get; }

    /// <summary>Who has which AF_UNIX name.</summary>
    public LocalNames LocalNames { get; }

    public SocketTransfers SocketTransfers { get; }

    /// <summary>Home of files made by memfd_create.</summary>
    public TmpVolume MemoryFiles { get; }

    public StandardFiles Standard { get; }

    public NodeTerminals Terminals { get; }

    public TerminalReads TerminalReads { get; }

    /// <summary>Whose terminals are whose; null while there are no processes that run.</summary>
    public JobControl? Jobs { get; private set; }

    public PathResolver Resolver { get; }

    public DirectoryInode InitialDirectory { get; }

    /// <summary>In ascending order.</summary>
    public IReadOnlyCollection<int> ProcessIds => _processes.Keys;

    public int CallingProcessId { get; private set; }

    public int CallingThreadId { get; private set; }

    /// <summary>Connects it to a running node.</summary>
    public void Attach(
        INodeClock clock,
        IEventQueue events,
        IMachineView? view = null,
        IBrokenPipeHandler? brokenPipe = null,
        JobControl? jobs = null)
    {
        Clock.Attach(clock);
        (_events, View, BrokenPipe, Jobs) = (events, view, brokenPipe, jobs);
    }

    /// <summary>Makes the node's first process, with the three standard streams open.</summary>
    public ProcessFiles StartProcess(int processId)
    {
        ProcessFiles process = new(new FileDescriptorTable(), InitialDirectory, InitialUmask);
        _processes.Add(processId, process);
        (CallingProcessId, CallingThreadId) = (processId, processId);
        Standard.Open(process.Descriptors);
        return process;
    }

    public ProcessFiles ForkProcess(int parentId, int childId)
    {
        ProcessFiles child = GetProcess(parentId).Fork();
        _processes.Add(childId, child);
        return child;
    }

    /// <summary>Closes what the process has open; pipes tell their other ends.</summary>
    public void EndProcess(int processId)
    {
        if (_processes.Remove(processId, out ProcessFiles? process))
        {
            process.Descriptors.CloseAll();
        }
    }

    /// <summary>The node's programs have ended: their connections close in order.</summary>
    public void CloseSockets()
    {
        foreach (ProcessFiles process in _processes.Values)
        {
            foreach (int descriptor in process.Descriptors.Open().ToArray())
            {
                if (process.Descriptors.TryGet(descriptor, out OpenFile? file)
                    && file is SocketFile)
                {
                    process.Descriptors.Close(descriptor);
                }
            }
        }
    }

    /// <summary>Notes who calls, for <c>/proc/self</c>.</summary>
    public ProcessFiles Enter(SystemCallContext call)
    {
        (CallingProcessId, CallingThreadId) = (call.ProcessId, call.ThreadId);
        ProcessFiles process = _processes[call.ProcessId];
        if (View?.Find(call.ProcessId) is { } view)
        {
            const int OpenFilesLimit = 7;
            const int FileSizeLimit = 1;
            process.FileSizeMax = view.GetLimit(FileSizeLimit).Soft;
            process.Descriptors.Limit = (int)Math.Min(
                view.GetLimit(OpenFilesLimit).Soft, FileDescriptorTable.CountMax);
        }

        return process;
    }

    /// <summary>Gives a process a descriptor that stands for another.</summary>
    /// <param name="openFlags">O_NONBLOCK or 0.</param>
    public long AddPidFile(int processId, GuestProcess meant, int openFlags)
    {
        AnonymousInode inode = new(Anonymous, Anonymous.CreateRecord());
        return GetProcess(processId).AddFile(
            new PidFile(inode, HostOpen.ReadWrite | openFlags, meant), HostOpen.CloseOnExec);
    }

    public ProcessFiles GetProcess(int processId) => _processes[processId];

    public bool TryGetProcess(int processId, [NotNullWhen(true)] out ProcessFiles? process) =>
        _processes.TryGetValue(processId, out process);

    /// <summary>What the thread's call remembers; fresh if this is its first run.</summary>
    public PendingCall GetPending(SystemCallContext call)
    {
        if (!_pending.TryGetValue(call.ThreadId, out PendingCall? pending))
        {
            pending = new PendingCall();
            _pending.Add(call.ThreadId, pending);
        }

        if (!call.IsRetry)
        {
            pending.Progress = 0;
            pending.MessageCount = 0;
            pending.Deadline = null;
        }

        return pending;
    }

    /// <summary>Opens a file, making it if so asked; as open(2) without a descriptor.</summary>
    /// <returns>0 or a positive errno.</returns>
    public int Open(
        ProcessFiles process,
        DirectoryInode start,
        string path,
        int flags,
        uint permissions,
        [NotNullWhen(true)] out OpenFile? file)
    {
        file = null;
        bool isCreating = (flags & HostOpen.Create) != 0;
        bool isExclusive = isCreating && (flags & HostOpen.Exclusive) != 0;
        bool follow = (flags & HostOpen.NoFollow) == 0 && !isExclusive;
        bool isMaking = isCreating && (flags & HostOpen.Path) == 0;
        PathLookup lookup = isMaking && follow
            ? Resolver.ResolveForCreate(start, path)
            : isMaking && path.EndsWith('/')
                ? Resolver.ResolvePlace(start, path)
                : Resolver.Resolve(start, path, follow);
        if (lookup.ErrorOrNameError != 0)
        {
            return lookup.ErrorOrNameError;
        }

        if (isMaking)
        {
            if (lookup.HasTrailingSlash)
            {
                return Errno.EISDIR;
            }

            if (lookup.Target is null)
            {
                return Create(process, lookup, flags, permissions, out file);
            }

            if (isExclusive)
            {
                return Errno.EEXIST;
            }
        }

        if (lookup.Target is not { } inode)
        {
            return Errno.ENOENT;
        }

        int error = CheckOpen(inode, flags);
        return error != 0 ? error : OpenInode(inode, flags, lookup, out file);
    }

    private int CheckOpen(Inode inode, int flags)
    {
        if ((flags & HostOpen.Path) != 0)
        {
            return (flags & HostOpen.Directory) != 0 && !inode.IsDirectory ? Errno.ENOTDIR : 0;
        }

        if (inode.IsSymbolicLink)
        {
            return (flags & HostOpen.Directory) != 0 ? Errno.ENOTDIR : Errno.ELOOP;
        }

        if ((flags & HostOpen.Directory) != 0 && !inode.IsDirectory)
        {
            return Errno.ENOTDIR;
        }

        bool isWriting = (flags & HostOpen.AccessMask) != HostOpen.ReadOnly
            || (flags & (HostOpen.Create | HostOpen.Truncate)) != 0;
        if (inode.IsDirectory && isWriting)
        {
            return Errno.EISDIR;
        }

        int access = flags & HostOpen.AccessMask;
        bool isTruncating = (flags & HostOpen.Truncate) != 0;
        return CheckAccess(
            inode,
            isReading: access != HostOpen.WriteOnly,
            isWriting: access != HostOpen.ReadOnly || isTruncating);
    }

    private static int OpenInode(Inode inode, int flags, in PathLookup lookup, out OpenFile? file)
    {
        string path = lookup.GetPath();
        if ((flags & HostOpen.Path) != 0)
        {
            file = inode is DirectoryInode folder
                ? new DirectoryFile(folder, flags, path)
                : new PathFile(inode, flags, path);
            return 0;
        }

        int error = inode.TryOpen(flags, path, out file);
        if (error == 0 && lookup.IsPlainName)
        {
            file!.SetName(lookup.Parent!, lookup.Name);
            if ((flags & HostOpen.Truncate) != 0 && inode.IsRegular)
            {
                FileEvents.Tell(file, FileEvent.Modify);
            }
        }

        return error;
    }

    /// <summary>A name has been moved: open files go with it.</summary>
    public void Renamed(in PathLookup from, in PathLookup to, bool isExchange)
    {
        // First all of them: one that several descriptors refer to is moved once.
        HashSet<OpenFile> moved = [];
        HashSet<OpenFile> exchanged = [];
        foreach (ProcessFiles process in _processes.Values)
        {
            foreach (int descriptor in process.Descriptors.Open())
            {
                _ = process.Descriptors.TryGet(descriptor, out OpenFile? file);
                if (file!.IsNamed(from))
                {
                    moved.Add(file);
                }
                else if (isExchange && file.IsNamed(to))
                {
                    exchanged.Add(file);
                }
            }
        }

        foreach (OpenFile file in moved)
        {
            file.SetName(to.Parent!, to.Name);
        }

        foreach (OpenFile file in exchanged)
        {
            file.SetName(from.Parent!, from.Name);
        }
    }

    /// <summary>The permission bits of ordinary files and folders hold for a user other than root.
    /// </summary>
    public int CheckAccess(Inode inode, bool isReading, bool isWriting)
    {
        const uint Read = 4;
        const uint Write = 2;
        if (Clock.UserId == 0 || !(inode.IsRegular || inode.IsDirectory))
        {
            return 0;
        }

        int shift = inode.Record.UserId == Clock.UserId ? 6
            : inode.Record.GroupId == Clock.GroupId ? 3 : 0;
        uint granted = (inode.Mode >> shift) & 7;
        uint wanted = (isReading ? Read : 0) | (isWriting ? Write : 0);
        return (granted & wanted) == wanted ? 0 : Errno.EACCES;
    }

    /// <summary>Names of the folder may be made and removed.</summary>
    public int CheckChange(DirectoryInode folder) =>
        folder.Volume.IsReadOnly ? 0 : CheckAccess(folder, isReading: false, isWriting: true);

    /// <summary>Names of the folder may be looked up.</summary>
    public bool MaySearch(DirectoryInode folder)
    {
        const uint Search = 1;
        uint user = folder.Record.UserId;
        uint mode = folder.Mode;
        return Clock.UserId == 0
            || ((mode >> (user == Clock.UserId ? 6 : folder.Record.GroupId == Clock.GroupId ? 3 : 0))
                & Search) != 0;
    }

    private int Create(
        ProcessFiles process,
        in PathLookup lookup,
        int flags,
        uint permissions,
        out OpenFile? file)
    {
        file = null;
        uint mode = permissions & FileModes.PermissionMask & ~process.Umask;

        // Whoever makes a file may write it whatever its mode: the mode takes hold afterwards.
        Inode? inode = null;
        int error = CheckChange(lookup.Parent!);
        error = error != 0
            ? error
            : lookup.Parent!.CreateFile(lookup.Name, mode | OwnerReadWrite, out inode);
        if (error == 0)
        {
            error = inode!.TryOpen(flags & ~HostOpen.Truncate, lookup.GetPath(), out file);
            if (error == 0 && (mode & OwnerReadWrite) != OwnerReadWrite)
            {
                error = inode.ChangeMode(mode);
            }

            file?.SetName(lookup.Parent!, lookup.Name);
            FileEvents.TellName(lookup.Parent!, lookup.Name, isFolder: false, FileEvent.Create);
        }

        return error;
    }
}
