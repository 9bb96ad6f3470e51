using Dilaton.Core;
using Dilaton.Guest;

namespace Dilaton.Tests.Unit.Guest;

/// <summary>A node of fake vCPUs around a real kernel: a test makes the system calls.</summary>
internal sealed class FakeNode : IVcpuScheduler, INodeClock, IEventQueue, IDisposable
{
    /// <summary>A page of data that the program may read and write.</summary>
    public const ulong Data = 0x40_2000;

    private readonly SortedDictionary<(ulong At, ulong Ticket), INodeEvent> _events = [];
    private readonly FakeVcpu[] _vcpus;
    private ulong _tickets;

    public FakeNode(int vcpuCount = 1, Func<GuestOptions, GuestOptions>? change = null)
    {
        var options = new GuestOptions
        {
            ProgramPath = "/bin/test",
            Arguments = ["test", "one"],
            Environment = ["A=b"],
            VcpuCount = vcpuCount,
            MemoryLimitBytes = 32 << 20,
            Addressing = MemoryAddressing.FirstTouch,
            RealtimeEpochSeconds = 1_000_000,
            Seed = 1,
            TimeSlice = VirtualDuration.FromMilliseconds(4),
        };
        Kernel = GuestKernel.Create(
            change is null ? options : change(options),
            new FakeFiles { ["/bin/test"] = ElfBuilder.Program().Build() });
        _vcpus = [.. Enumerable.Range(0, vcpuCount).Select(i => new FakeVcpu(i))];
        Accesses = new AccessLog();
        Kernel.Attach(new GuestPorts
        {
            Clock = this,
            Events = this,
            Scheduler = this,
            Accesses = Accesses,
        });
    }

    public GuestKernel Kernel { get; }

    public AccessLog Accesses { get; }

    public VirtualTime Now { get; private set; }

    public AddressSpace Memory => Kernel.Process.Memory;

    public KernelOutcome LastOutcome { get; private set; }

    public KernelCharge LastDispatch { get; private set; }

    public FakeVcpu this[int vcpu] => _vcpus[vcpu];

    /// <summary>Thread that runs on the vCPU; 0 if none.</summary>
    public int Running(int vcpu) => Kernel.RunQueues.Running(new VcpuId(vcpu))?.Id ?? 0;

    /// <summary>Lets idle vCPUs that were woken take their threads.</summary>
    public void DispatchAll()
    {
        foreach (FakeVcpu vcpu in _vcpus)
        {
            if (!vcpu.IsIdle && Running(vcpu.Id.Index) == 0)
            {
                Dispatch(vcpu);
            }
        }
    }

    /// <summary>Makes a system call; the vCPU takes another thread if this one stops.</summary>
    /// <returns>rax, or null if the thread stopped.</returns>
    public long? Call(int vcpu, int number, params ulong[] arguments)
    {
        DispatchAll();
        ref GuestRegisters r = ref _vcpus[vcpu].Registers;
        ulong[] a = [.. arguments, .. new ulong[6 - arguments.Length]];
        (r.Rax, r.Rdi, r.Rsi, r.Rdx, r.R10, r.R8, r.R9) =
            ((ulong)number, a[0], a[1], a[2], a[3], a[4], a[5]);
        LastOutcome = Kernel.SystemCall(_vcpus[vcpu]);
        if (LastOutcome.Action == KernelAction.Reschedule)
        {
            Dispatch(_vcpus[vcpu]);
            return null;
        }

        return (long)r.Rax;
    }

    /// <summary>Starts a thread like pthread_create does.</summary>
    public int Clone(int vcpu, ulong clearTid = 0)
    {
        int id = (int)Call(vcpu, 56, 0x3d0f00, 0x40_3000, 0, clearTid, 0x40_2800)!.Value;
        DispatchAll();
        return id;
    }

    public void Advance(VirtualDuration span)
    {
        VirtualTime target = Now + span;
        while (_events.Count > 0 && _events.First().Key.At <= target.Picoseconds)
        {
            KeyValuePair<(ulong At, ulong Ticket), INodeEvent> next = _events.First();
            _events.Remove(next.Key);
            Now = VirtualTime.FromPicoseconds(next.Key.At);
            next.Value.Fire();
            DispatchAll();
        }

        Now = target;
        foreach (FakeVcpu vcpu in _vcpus)
        {
            if (vcpu.PreemptAt <= Now && Running(vcpu.Id.Index) != 0)
            {
                vcpu.PreemptAt = VirtualTime.MaxValue;
                if (Kernel.Preempt(vcpu).Action == KernelAction.Reschedule)
                {
                    Dispatch(vcpu);
                }
            }
        }
    }

    public void Write(ulong address, uint value) =>
        BitConverter.TryWriteBytes(Memory.Bytes(address, 4), value);

    public void Write(ulong address, ulong value) =>
        BitConverter.TryWriteBytes(Memory.Bytes(address, 8), value);

    public uint Read(ulong address) => BitConverter.ToUInt32(Memory.Bytes(address, 4));

    /// <summary>Reads the memory of the process that a vCPU runs.</summary>
    public uint ReadOf(int vcpu, ulong address)
    {
        AddressSpace memory = Kernel.RunQueues.Running(new VcpuId(vcpu))!.Process.Memory;
        memory.Activate();
        return BitConverter.ToUInt32(memory.Bytes(address, 4));
    }

    public ulong Read64(ulong address) => BitConverter.ToUInt64(Memory.Bytes(address, 8));

    public void Wake(VcpuId vcpu) => _vcpus[vcpu.Index].IsIdle = false;

    void IVcpuScheduler.PreemptAt(VcpuId vcpu, VirtualTime at) =>
        _vcpus[vcpu.Index].PreemptAt = at;

    public ulong Schedule(VirtualTime at, INodeEvent action)
    {
        _events.Add((at.Picoseconds, ++_tickets), action);
        return _tickets;
    }

    public void Cancel(ulong ticket)
    {
        foreach ((ulong At, ulong Ticket) key in _events.Keys.Where(k => k.Ticket == ticket))
        {
            _events.Remove(key);
            return;
        }
    }

    public void Dispose() => Kernel.Dispose();

    private void Dispatch(FakeVcpu vcpu)
    {
        vcpu.IsIdle = !Kernel.Dispatch(vcpu, out KernelCharge charge);
        LastDispatch = charge;
    }
}
