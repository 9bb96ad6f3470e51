using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A thread of a guest process: its registers while no vCPU runs it, and what it waits
/// for.</summary>
internal sealed class GuestThread : IWaiter, INodeEvent
{
    private readonly byte[] _extendedState = new byte[Core.ExtendedState.SizeBytes];
    private GuestRegisters _registers;
    private ulong? _timer;

    public GuestThread(GuestProcess process, int id, VcpuSet affinity)
    {
        Process = process;
        Id = id;
        Affinity = affinity;
        Name = process.Name;
    }

    public GuestProcess Process { get; }

    public int Id { get; private set; }

    public string Name { get; set; }

    public ThreadState State { get; set; }

    public VcpuSet Affinity { get; set; }

    /// <summary>vCPU it ran on last.</summary>
    public int LastVcpu { get; set; }

    /// <summary>The call it is in, once that has blocked.</summary>
    public SystemCallTable.Entry? PendingCall { get; set; }

    /// <summary>Its call's ticket in the process's <see cref="CallLog"/>.</summary>
    public long CallTicket { get; set; }

    public VirtualTime CallEnteredAt { get; set; }

    public bool IsRetry { get; set; }

    public bool TimedOut { get; set; }

    /// <summary>Its call runs again because of a signal.</summary>
    public bool IsInterrupted { get; set; }

    public WaitRequest? Wait { get; private set; }

    public FutexWaiter? FutexWait { get; set; }

    /// <summary>Of a futex_waitv.</summary>
    public FutexVector? FutexVector { get; set; }

    /// <summary>The lock with priority inheritance that it waits for.</summary>
    public PiWaiter? PiWait { get; set; }

    /// <summary>set_tid_address and CLONE_CHILD_CLEARTID; 0 is none.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>CLONE_CHILD_SETTID: where a child finds its id in its own memory, once that is at
    /// hand; 0 is nowhere.</summary>
    public ulong SetChildTid { get; set; }

    public ulong RobustListHead { get; set; }

    /// <summary>The child in whose favour it stands (vfork).</summary>
    public GuestProcess? BorrowingChild { get; set; }

    public ThreadSignals Signals { get; init; } = new();

    /// <summary>CPU time up to its last descheduling.</summary>
    public VirtualDuration CpuTime { get; set; }

    /// <summary>Since when it runs, while it does.</summary>
    public VirtualTime RunningSince { get; set; }

    public ref GuestRegisters Registers => ref _registers;

    public Span<byte> ExtendedState => _extendedState;

    public VirtualDuration CpuTimeAt(VirtualTime now) =>
        State == ThreadState.Running && now > RunningSince
            ? CpuTime + (now - RunningSince)
            : CpuTime;

    public void Save(IVcpu vcpu)
    {
        _registers = vcpu.Registers;
        vcpu.ExtendedState.CopyTo(_extendedState);
    }

    public void Load(IVcpu vcpu)
    {
        vcpu.Registers = _registers;
        _extendedState.CopyTo(vcpu.ExtendedState);
    }

    public void Block(WaitRequest request)
    {
        State = ThreadState.Blocked;
        IsInterrupted = false;
        Wait = request;
        foreach (WaitQueue queue in request.Queues)
        {
            queue.Add(this);
        }

        if (request.Deadline is { } deadline)
        {
            _timer = Process.Kernel.Ports.Schedule(deadline, this);
        }
    }

    /// <summary>Something it waited for happened.</summary>
    public void Woken(WaitQueue queue) => Interrupt();

    /// <summary>Ends its wait: its call runs again.</summary>
    public void Interrupt()
    {
        if (_timer is { } ticket)
        {
            Process.Kernel.Ports.Cancel(ticket);
        }

        Unblock(timedOut: false);
    }

    /// <summary>Its deadline passed.</summary>
    public void Fire()
    {
        if (State == ThreadState.Blocked)
        {
            Unblock(timedOut: true);
        }
    }

    /// <summary>exec: the only thread of a new program.</summary>
    public void Become(int id, string name)
    {
        Id = id;
        Name = name;
        ClearChildTid = 0;
        RobustListHead = 0;
        Signals.Stack = SignalStack.None;
    }

    /// <summary>Its wait is over because it has ended.</summary>
    public void Abandon()
    {
        if (_timer is { } ticket)
        {
            Process.Kernel.Ports.Cancel(ticket);
        }

        LeaveQueues();
    }

    /// <summary>Leaves every queue without becoming ready.</summary>
    public void LeaveQueues()
    {
        if (Wait is { } request)
        {
            foreach (WaitQueue queue in request.Queues)
            {
                queue.Remove(this);
            }
        }

        Wait = null;
        _timer = null;
    }

    private void Unblock(bool timedOut)
    {
        Invariant.Require(State == ThreadState.Blocked);
        LeaveQueues();
        TimedOut = timedOut;
        IsRetry = true;
        Process.Kernel.RunQueues.Enqueue(this);
    }
}
