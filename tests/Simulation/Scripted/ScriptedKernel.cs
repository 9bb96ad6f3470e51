using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>A small operating system: threads, sleep, wait and wake, preemption, copies.</summary>
public sealed class ScriptedKernel : IGuestKernel, IGuestAddressSpace, IFrameReceiver
{
    public const ulong ExitThread = 0;
    public const ulong Sleep = 1;
    public const ulong Wait = 2;
    public const ulong WakeAll = 3;
    public const ulong GetTime = 4;
    public const ulong CopyIn = 5;
    public const ulong CopyOut = 6;
    public const ulong ExitNode = 7;
    public const ulong Yield = 8;
    public const ulong SendFrame = 9;
    public const ulong ReceiveFrame = 10;
    public const int CopyBytes = 200;

    private static readonly string[] s_callNames =
        [.. Enumerable.Range(0, 16).Select(i => $"call{i}")];

    private readonly INodeClock _clock;
    private readonly IEventQueue _queue;
    private readonly IVcpuScheduler _scheduler;
    private readonly IKernelAccessSink _copies;
    private readonly VirtualDuration _quantum;
    private readonly Thread?[] _running;
    private readonly Queue<Thread> _ready = new();
    private readonly SortedDictionary<ulong, Queue<Thread>> _waiting = [];
    private readonly Queue<Thread> _receiving = new();
    private int _inbox;
    private int _alive;

    /// <param name="entries">First instruction of each thread.</param>
    /// <param name="quantum">Turn of a thread while others are ready; zero: for ever.</param>
    public ScriptedKernel(
        INodeClock clock,
        IEventQueue queue,
        IVcpuScheduler scheduler,
        IKernelAccessSink copies,
        int vcpuCount,
        IReadOnlyList<ulong> entries,
        VirtualDuration quantum)
    {
        _clock = clock;
        _queue = queue;
        _scheduler = scheduler;
        _copies = copies;
        _quantum = quantum;
        _running = new Thread?[vcpuCount];
        for (int i = 0; i < entries.Count; i++)
        {
            _ready.Enqueue(new Thread(this, i, new GuestRegisters { Rip = entries[i] }));
        }

        _alive = entries.Count;
    }

    public GuestExit? Exit { get; private set; }

    /// <summary>(time, what, whose), in the order of acting.</summary>
    public List<(VirtualTime At, string What, int Thread)> Acts { get; } = [];

    public bool RecordsActs { get; init; } = true;

    /// <summary>As if each vCPU ran a process of its own.</summary>
    public bool IsApart { get; set; }

    /// <summary>What the clock said, at a call for the time and in an event, of when work of the class
    /// would be done.</summary>
    public List<VirtualTime> Promises { get; } = [];

    /// <summary>Where frames go, to the port that is their first byte.</summary>
    public IFrameSink? Frames { get; set; }

    /// <summary>After the node's end frames are sent back.</summary>
    public bool StaysUp { get; set; }

    public bool MayRunAhead(VcpuId one, VcpuId other, VirtualTime now) => IsApart;

    public void Receive(ReadOnlyMemory<byte> frame)
    {
        if (Exit is not null)
        {
            Frames!.Send(_clock.Now, frame);
        }
        else if (_receiving.TryDequeue(out Thread? thread))
        {
            MakeReady(thread);
        }
        else
        {
            _inbox++;
        }
    }

    public bool Dispatch(IVcpu vcpu, out KernelCharge charge)
    {
        charge = KernelCharge.None;
        if (!_ready.TryDequeue(out Thread? thread))
        {
            return false;
        }

        _running[vcpu.Id.Index] = thread;
        vcpu.Registers = thread.Registers;
        charge = new KernelCharge(KernelCostClass.ContextSwitch, 0);
        SetQuantum(vcpu.Id);
        Note("dispatch", thread);
        return true;
    }

    public KernelOutcome SystemCall(IVcpu vcpu)
    {
        Thread thread = _running[vcpu.Id.Index]!;
        ulong number = vcpu.Registers.Rax;
        ulong argument = vcpu.Registers.Rdi;
        Note(s_callNames[number], thread);
        vcpu.Registers.Rax = 0;
        switch (number)
        {
            case ExitThread:
                _alive--;
                if (_alive == 0)
                {
                    Exit = new GuestExit(0, 0, "");
                    return Outcome(KernelAction.NodeEnded, KernelCostClass.Process);
                }

                return Leave(vcpu, thread);
            case Sleep:
                _queue.Schedule(
                    _clock.Now + VirtualDuration.FromNanoseconds(argument), thread);
                return Leave(vcpu, thread);
            case Wait:
                if (!_waiting.TryGetValue(argument, out Queue<Thread>? queue))
                {
                    _waiting[argument] = queue = new Queue<Thread>();
                }

                queue.Enqueue(thread);
                return Leave(vcpu, thread);
            case WakeAll:
                while (_waiting.TryGetValue(argument, out Queue<Thread>? waiters)
                    && waiters.TryDequeue(out Thread? woken))
                {
                    MakeReady(woken);
                }

                return Outcome(KernelAction.Resume, KernelCostClass.Wait);
            case GetTime:
                vcpu.Registers.Rax = Promise();
                return Outcome(KernelAction.Resume, KernelCostClass.Trivial);
            case CopyIn:
            case CopyOut:
                _copies.Copied(
                    vcpu.Id, new GuestVirtualAddress(argument), CopyBytes, number == CopyOut);
                return new KernelOutcome(
                    KernelAction.Resume, new KernelCharge(KernelCostClass.File, CopyBytes));
            case ExitNode:
                Exit = new GuestExit((int)argument, 0, "");
                return Outcome(KernelAction.NodeEnded, KernelCostClass.Process);
            case SendFrame:
                Frames!.Send(_clock.Now, new byte[] { (byte)argument, 0, 0, 0, 0, 0, 0, 0, 0 });
                return Outcome(KernelAction.Resume, KernelCostClass.Trivial);
            case ReceiveFrame:
                if (_inbox > 0)
                {
                    _inbox--;
                    return Outcome(KernelAction.Resume, KernelCostClass.Trivial);
                }

                _receiving.Enqueue(thread);
                return Leave(vcpu, thread);
            case Yield:
                KernelOutcome left = Leave(vcpu, thread);
                MakeReady(thread);
                return left;
            default:
                throw new InvalidOperationException($"call {number}");
        }
    }

    public KernelOutcome Fault(IVcpu vcpu, in VcpuExit exit) =>
        throw new InvalidOperationException("the scripted machine has no faults");

    public KernelOutcome Preempt(IVcpu vcpu)
    {
        Thread thread = _running[vcpu.Id.Index]!;
        Note("preempt", thread);
        KernelOutcome outcome = Leave(vcpu, thread);
        MakeReady(thread);
        return outcome;
    }

    public IReadOnlyList<string> DescribeThreads() =>
    [
        .. _waiting.Where(w => w.Value.Count > 0).Select(w => $"wait {w.Key}: {w.Value.Count}"),
        .. _receiving.Select(t => $"thread {t.Number} waits for a frame"),
    ];

    public int FetchCode(ulong address, Span<byte> destination) => 0;

    public GuestPhysicalAddress Translate(GuestVirtualAddress address) => new(address.Value);

    public void WatchCode(ulong pageAddress)
    {
    }

    public void Observe(ICodeObserver observer)
    {
    }

    private static KernelOutcome Outcome(KernelAction action, KernelCostClass cost) =>
        new(action, new KernelCharge(cost, 0));

    private KernelOutcome Leave(IVcpu vcpu, Thread thread)
    {
        thread.Registers = vcpu.Registers;
        _running[vcpu.Id.Index] = null;
        _scheduler.PreemptAt(vcpu.Id, VirtualTime.MaxValue);
        return Outcome(KernelAction.Reschedule, KernelCostClass.Wait);
    }

    private void MakeReady(Thread thread)
    {
        _ready.Enqueue(thread);
        Note("ready", thread);
        for (int i = 0; i < _running.Length; i++)
        {
            _scheduler.Wake(new VcpuId(i));
            SetQuantum(new VcpuId(i));
        }
    }

    /// <returns>The time now, in picoseconds.</returns>
    private ulong Promise()
    {
        if (RecordsActs)
        {
            Promises.Add(_clock.After(new KernelCharge(KernelCostClass.Trivial, 0)));
        }

        return _clock.Now.Picoseconds;
    }

    private void SetQuantum(VcpuId vcpu)
    {
        if (_quantum != VirtualDuration.Zero && _ready.Count > 0
            && _running[vcpu.Index] is not null)
        {
            _scheduler.PreemptAt(vcpu, _clock.Now + _quantum);
        }
    }

    private void Note(string what, Thread thread)
    {
        if (RecordsActs)
        {
            Acts.Add((_clock.Now, what, thread.Number));
        }
    }

    private sealed class Thread(ScriptedKernel kernel, int number, GuestRegisters registers)
        : INodeEvent
    {
        public int Number { get; } = number;

        public GuestRegisters Registers { get; set; } = registers;

        public void Fire()
        {
            kernel.Promise();
            kernel.MakeReady(this);
        }
    }
}
