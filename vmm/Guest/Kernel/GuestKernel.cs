using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The node kernel of a program guest: what its processes see as Linux.
/// <code>
/// engine: SYSCALL ---> SystemCall ---> handler ---> value: Resume
///                                         \-------> WaitRequest: block, Reschedule
/// event or waker: thread ready, vCPU woken ---> Dispatch ---> same handler again
/// </code></summary>
public sealed partial class GuestKernel : IGuestKernel, IBrokenPipeHandler, IDisposable
{
    private readonly SystemCallTable _table = new();
    private readonly SortedDictionary<ulong, UnsupportedSystemCall> _unsupported = [];
    private readonly KernelCall _call;
    private readonly GuestProcess _process;
    private readonly IFileOpener _files;
    private readonly NodeMemory _memory;
    private readonly AddressSpace?[] _entered;
    private NodeFileSystem? _nodeFiles;
    private int _nextThreadId;

    /// <summary>The vCPU whose kernel entry is in progress, or was last.</summary>
    private IVcpu? _running;

    private GuestKernel(GuestOptions options, Func<GuestKernel, IFileOpener> mount)
    {
        Options = options;
        Ports = new LatePorts();
        UserMemory = new UserMemory(Ports);
        Random = new SeededRandom(options.Seed);
        RunQueues = new RunQueues(options.VcpuCount, options.TimeSlice, Ports, Ports);
        Futexes = new FutexTable();
        Signals = new SignalRouter(this);
        Delivery = new SignalDelivery(this);
        Jobs = new JobControl(this);
        Clocks = new GuestClocks(Ports, options.RealtimeEpochSeconds);
        Network = new NetworkStack(
            options.Network, options.Seed, Ports, Ports, GetSendTime);
        _entered = new AddressSpace?[options.VcpuCount];
        _call = new KernelCall(this);
        _files = mount(this);
        KernelSystemCalls.Register(_table);

        ProgramStart start = Resolve(options);
        ProgramPath = start.ExecutablePath;
        CodeNames = new CodeNames(_files);
        _memory = new NodeMemory(new AddressSpaceOptions
        {
            LimitBytes = options.MemoryLimitBytes,
            Addressing = options.Addressing,
            Window = ProgramLoader.WindowOf(
                _files, start.ExecutablePath, options.Window, options.IsShared),
        });
        try
        {
            _process = Load(start);
            Processes.Add(_process);
            _nodeFiles?.Attach(Ports, Ports, new KernelView(this), this, Jobs);
            if (_nodeFiles?.Standard.Line is { } terminal)
            {
                Jobs.Acquire(_process.Id, terminal);
            }

        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    public GuestExit? Exit { get; private set; }

    /// <summary>The node's interface as its network sees it; null without
    /// <see cref="GuestOptions.Network"/>. Takes frames after the program's end too: what it sent
    /// last may still have to be sent again or acknowledged.</summary>
    public IFrameReceiver? FrameReceiver => Network.Ethernet;

    public bool StaysUp => Network.Ethernet is not null;

    /// <summary>Memory of the first process, for its engine.</summary>
    public IGuestAddressSpace AddressSpace => _process.Memory;

    /// <summary>Memory of whichever process a call copies from or to.</summary>
    public IGuestAddressSpace CalledMemory => UserMemory;

    /// <summary>Where in the worker's address space the programs lie.</summary>
    public AddressWindow Window => _memory.Window;

    /// <summary>Pages that got a physical frame so far; each is a minor page fault on a real
    /// machine. Counts only what an engine has asked to translate.</summary>
    public ulong FirstTouches => _memory.Frames.FirstTouches;

    /// <summary>Accessible memory of the programs now.</summary>
    public ulong CommittedBytes => _memory.CommittedBytes;

    /// <summary>System calls that got ENOSYS because Dilaton does not know them, by number.
    /// </summary>
    /// <summary>The first addresses of its network at which nobody answered the node.</summary>
    public IReadOnlyList<Ipv4Address> UnansweredAddresses =>
        Network.Ethernet?.Arp.Unanswered ?? [];

    /// <summary>Memory of the process that a vCPU runs, or ran last.</summary>
    public IGuestAddressSpace MemoryOf(VcpuId vcpu) => _entered[vcpu.Index] ?? _process.Memory;

    /// <summary>Names of the code that the programs run, for reports.</summary>
    public CodeNames CodeNames { get; }

    /// <summary>Guest path of the first program.</summary>
    public string ProgramPath { get; }

    public IReadOnlyList<UnsupportedSystemCall> UnsupportedSystemCalls => [.. _unsupported.Values];

    internal GuestOptions Options { get; }

    internal LatePorts Ports { get; }

    internal UserMemory UserMemory { get; }

    internal SeededRandom Random { get; }

    internal RunQueues RunQueues { get; }

    internal FutexTable Futexes { get; }

    internal PiFutexTable PiFutexes { get; } = new();

    internal NodeIpc Ipc { get; } = new();

    /// <summary>CLOCK_REALTIME in whole seconds.</summary>
    internal long WallSeconds => Clocks.Read(GuestClocks.CLOCK_REALTIME).Seconds;

    internal SignalRouter Signals { get; }

    internal SignalDelivery Delivery { get; }

    internal JobControl Jobs { get; }

    internal GuestClocks Clocks { get; }

    internal NetworkStack Network { get; }

    internal GuestProcess Process => _process;

    internal VirtualTime Now => Ports.Now;

    /// <summary>Of the first process; null: none.</summary>
    internal GuestDebugger? Debugger { get; set; }

    /// <summary>Loads the program; it starts with <see cref="Attach"/>.</summary>
    /// <exception cref="ConfigException">An option that can't be.</exception>
    /// <exception cref="GuestLoadException">The program can't be started.</exception>
    public static GuestKernel Create(
        GuestOptions options, FileSystemOptions fileOptions, StandardStreams streams)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fileOptions);
        options.Validate();
        fileOptions.Validate("guest.files");
        RequireSame(options.VcpuCount, fileOptions.Machine.VcpuCount, "vcpuCount");
        return new GuestKernel(options, kernel => kernel.Mount(fileOptions, streams));
    }

    /// <summary>A kernel over files of a test's own.</summary>
    internal static GuestKernel Create(GuestOptions options, IFileOpener files)
    {
        options.Validate();
        return new GuestKernel(options, _ => files);
    }

    /// <summary>Connects the kernel to its node and makes the first thread ready.</summary>
    public void Attach(GuestPorts ports)
    {
        Ports.Attach(ports);
        Network.Ethernet?.Attach(ports.Frames);
        RunQueues.Enqueue(_process.Threads[0]);
    }

    public void Dispose()
    {
        _memory.Dispose();
    }

    /// <summary>A debugger has looked at the first process's memory: the guest's addresses are again
    /// those of the process whose kernel entry or code was in progress.</summary>
    internal void RestoreMemory()
    {
        if (_running is { } vcpu && _entered[vcpu.Id.Index] is { } memory)
        {
            memory.Activate();
        }
    }

    internal int TakeThreadId() => _nextThreadId++;

    /// <summary>The last process or thread id given.</summary>
    internal int LastThreadId => _nextThreadId - 1;

    /// <summary>Ends the node; the first reason stands.</summary>
    internal void End(GuestExit exit)
    {
        if (Exit is null)
        {
            Exit = exit;
            Ports.HasGuestEnded = true;
            _nodeFiles?.CloseSockets();
        }
    }

    internal void ListUnsupported(ulong number, string name) =>
        _unsupported.TryAdd(number, new UnsupportedSystemCall(number, name));

    private static void RequireSame(long kernel, long files, string key)
    {
        if (kernel != files)
        {
            throw new ConfigException(
                $"guest.{key}", $"the kernel's {kernel} is not the file system's {files}");
        }
    }

    private ProcessFileOpener Mount(FileSystemOptions options, StandardStreams streams)
    {
        FileOrigin origin = new(
            Options.RealtimeEpochSeconds,
            Options.Seed,
            GuestIdentity.UserId,
            GuestIdentity.GroupId);
        var files = new NodeFileSystem(
            options,
            origin,
            streams,
            new NodeNetwork(Network, Options.NodeName, Options.Network?.Hosts ?? []));
        _nodeFiles = files;
        FileSystemCalls.Register(_table, files);
        new SignalFileCalls(files, new SignalInbox(_call)).Register(_table);
        new PidFileCalls(files).Register(_table);
        return new ProcessFileOpener(
            files, files.StartProcess(GuestIdentity.FirstProcessId));
    }

    /// <exception cref="GuestLoadException">There is no such program.</exception>
    private ProgramStart Resolve(GuestOptions options)
    {
        int error = new ProgramResolver(_files).TryResolve(
            options.ProgramPath,
            ProgramStart.Bytes(options.Arguments),
            ProgramStart.Bytes(options.Environment),
            out ProgramStart? start);
        return error == 0 && start is not null
            ? start
            : throw new GuestLoadException(
                options.ProgramPath, "can't be opened: " + Native.HostErrno.Describe(error))
            {
                Error = error,
            };
    }

    private GuestProcess Load(ProgramStart start)
    {
        var memory = new AddressSpace(_memory);
        memory.Activate();
        LoadedProgram program = new ProgramLoader(memory, _files).Load(start.ExecutablePath);
        ulong stack = InitialStack.Build(memory, start, program, Random);
        var process = new GuestProcess(
            this, GuestIdentity.FirstProcessId, start, memory, _files)
        {
            AuxiliaryVector = AuxiliaryVector.Read(memory, stack),
        };
        _nextThreadId = process.Id;
        var thread = new GuestThread(process, TakeThreadId(), VcpuSet.All(Options.VcpuCount));
        thread.Registers = new GuestRegisters
        {
            Rip = program.Start,
            Rsp = stack,
            Rflags = InitialRflags,
        };
        FpState.Reset(thread.ExtendedState);
        process.Add(thread);
        return process;
    }
}
