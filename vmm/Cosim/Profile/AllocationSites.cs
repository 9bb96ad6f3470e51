using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Sees a program allocate: watches the entries of its library's allocators, which it finds by
/// symbol, and where their calls return to.
/// <code>
///   entry ──(argument; return address)──> open ──(return: result)──> live ──(free, realloc)──> gone
/// </code>
/// What an allocator calls itself is part of the outermost call. A forked process starts with none.
/// </summary>
public sealed class AllocationSites : IInstructionWatch
{
    private static readonly Dictionary<string, AllocatorCall> s_calls = new(StringComparer.Ordinal)
    {
        ["malloc"] = AllocatorCall.Size,
        ["valloc"] = AllocatorCall.Size,
        ["_Znwm"] = AllocatorCall.Size,
        ["_Znam"] = AllocatorCall.Size,
        ["calloc"] = AllocatorCall.Array,
        ["aligned_alloc"] = AllocatorCall.Aligned,
        ["memalign"] = AllocatorCall.Aligned,
        ["posix_memalign"] = AllocatorCall.Posix,
        ["realloc"] = AllocatorCall.Resize,
        ["reallocarray"] = AllocatorCall.ResizeArray,
        ["free"] = AllocatorCall.Free,
    };

    private readonly HashSet<ulong> _stops = [];
    private readonly Dictionary<int, AllocatorCall> _entries = [];
    private readonly Dictionary<IGuestAddressSpace, Process> _processes = new(ReferenceEqualityComparer.Instance);
    private Func<VcpuId, IGuestAddressSpace>? _spaceOf;
    private Func<string, IReadOnlyList<(string Name, ulong Offset)>>? _functionsOf;
    private IReadOnlyList<IVcpu>? _vcpus;
    private NodeProfile? _profile;

    /// <summary>Functions that are looked for.</summary>
    public static IReadOnlyCollection<string> Names => s_calls.Keys;

    /// <inheritdoc/>
    public bool HasStops => _stops.Count > 0;

    /// <inheritdoc/>
    public ulong Version { get; private set; }

    /// <inheritdoc/>
    public ulong Looks { get; private set; }

    /// <summary>Some allocator was found.</summary>
    public bool HasFound => _entries.Count > 0;

    /// <summary>Joins the parts. Before the node runs.</summary>
    /// <param name="spaceOf">What a vCPU runs.</param>
    /// <param name="functionsOf">Of the named functions those that a file has, and where in it.</param>
    public void Attach(
        NodeProfile profile,
        IReadOnlyList<IVcpu> vcpus,
        Func<VcpuId, IGuestAddressSpace> spaceOf,
        Func<string, IReadOnlyList<(string Name, ulong Offset)>> functionsOf)
    {
        ArgumentNullException.ThrowIfNull(profile);
        (_profile, _vcpus, _spaceOf, _functionsOf) = (profile, vcpus, spaceOf, functionsOf);
        profile.Allocations = this;
    }

    /// <inheritdoc/>
    public bool IsStop(ulong address) => _stops.Contains(address);

    /// <inheritdoc/>
    public bool WatchesAll(VcpuId vcpu) => false;

    /// <inheritdoc/>
    public void Stuck()
    {
    }

    /// <inheritdoc/>
    public void Before(VcpuId vcpu, ulong instructions, ulong units)
    {
        Looks++;
        ref GuestRegisters registers = ref _vcpus![vcpu.Index].Registers;
        IGuestAddressSpace space = _spaceOf!(vcpu);
        Process process = ProcessOf(space);
        if (process.Open.TryGetValue(registers.Rsp, out OpenCall call) && call.Return == registers.Rip)
        {
            process.Open.Remove(registers.Rsp);
            Finish(process, call, space, registers.Rax);
        }
        else if (_entries.TryGetValue(_profile!.PlaceOf(space, registers.Rip), out AllocatorCall entered))
        {
            Enter(process, entered, space, registers);
        }
    }

    /// <summary>Code of a file is about to run: its allocators are watched from now on.</summary>
    /// <param name="rip">Where it lies.</param>
    /// <param name="offset">In the file.</param>
    internal void FileSeen(IGuestAddressSpace space, string file, ulong rip, ulong offset)
    {
        Process process = ProcessOf(space);
        if (!process.Files.Add(file))
        {
            return;
        }

        foreach ((string name, ulong at) in _functionsOf!(file))
        {
            ulong address = rip + (at - offset);
            if (space.TryFindMapping(address, out GuestMapping mapping)
                && mapping.File == file && mapping.FileOffset == at)
            {
                _entries[_profile!.PlaceOf(space, address)] = s_calls[name];
                Watch(address);
            }
        }
    }

    /// <returns>False if the program did not allocate what is there.</returns>
    internal bool TryFind(IGuestAddressSpace space, ulong address, out int place)
    {
        bool found = ProcessOf(space).Live.TryFind(address, out Allocation allocation);
        place = allocation.Place;
        return found;
    }

    private void Enter(
        Process process, AllocatorCall call, IGuestAddressSpace space, in GuestRegisters registers)
    {
        if (call == AllocatorCall.Free)
        {
            process.Live.Remove(registers.Rdi);
            return;
        }

        if (!space.TryReadWord(registers.Rsp, out ulong back))
        {
            return;
        }

        ulong key = registers.Rsp + sizeof(ulong);
        foreach (ulong open in process.Open.Keys)
        {
            // Stacks grow down: a call within another one of the same thread lies below it, and not far.
            if (key < open && open - key < OpenCall.StackBytesMax)
            {
                return;
            }
        }

        ulong bytes = call switch
        {
            AllocatorCall.Size => registers.Rdi,
            AllocatorCall.Array => registers.Rdi * registers.Rsi,
            AllocatorCall.Posix => registers.Rdx,
            AllocatorCall.ResizeArray => registers.Rsi * registers.Rdx,
            _ => registers.Rsi,
        };
        process.Open[key] = new OpenCall(call, back, registers.Rdi, bytes);
        Watch(back);
    }

    private void Finish(Process process, in OpenCall call, IGuestAddressSpace space, ulong result)
    {
        ulong memory = call.Call != AllocatorCall.Posix ? result
            : result == 0 && space.TryReadWord(call.First, out ulong stored) ? stored
            : 0;
        if (memory == 0)
        {
            return;
        }

        if (call.Call is AllocatorCall.Resize or AllocatorCall.ResizeArray)
        {
            process.Live.Remove(call.First);
        }

        int place = _profile!.PlaceOf(space, call.Return - 1);
        ulong bytes = Math.Min(Math.Max(1, call.Bytes), ulong.MaxValue - memory);
        process.Live.Add(new Allocation(memory, memory + bytes, place));
        _profile.CountAllocation(place, call.Bytes);
    }

    private void Watch(ulong address)
    {
        if (_stops.Add(address))
        {
            Version++;
        }
    }

    private Process ProcessOf(IGuestAddressSpace space)
    {
        if (!_processes.TryGetValue(space, out Process? process))
        {
            process = new Process();
            _processes.Add(space, process);
        }

        return process;
    }

    /// <param name="First">First argument.</param>
    /// <param name="Bytes">Asked for.</param>
    private readonly record struct OpenCall(AllocatorCall Call, ulong Return, ulong First, ulong Bytes)
    {
        /// <summary>No allocator goes deeper than this.</summary>
        public const ulong StackBytesMax = 16 << 10;
    }

    private sealed class Process
    {
        public HashSet<string> Files { get; } = new(StringComparer.Ordinal);

        /// <summary>By the stack pointer that the call returns with.</summary>
        public SortedDictionary<ulong, OpenCall> Open { get; } = [];

        public LiveAllocations Live { get; } = new();
    }
}
