using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Which thread runs on which vCPU, and in what order: a queue per vCPU, threads kept
/// where they ran before. Depends on nothing but the order of calls and their virtual times.
/// </summary>
internal sealed class RunQueues
{
    private readonly Slot[] _slots;
    private readonly VirtualDuration _turn;
    private readonly IVcpuScheduler _scheduler;
    private readonly INodeClock _clock;

    public RunQueues(
        int vcpuCount, VirtualDuration turn, IVcpuScheduler scheduler, INodeClock clock)
    {
        _turn = turn;
        _scheduler = scheduler;
        _clock = clock;
        _slots = new Slot[vcpuCount];
        for (int i = 0; i < vcpuCount; i++)
        {
            _slots[i] = new Slot();
        }
    }

    public int VcpuCount => _slots.Length;

    public GuestThread? Running(VcpuId vcpu) => _slots[vcpu.Index].Running;

    /// <summary>Makes a thread ready, on the vCPU that suits it best; or stopped, with its process.
    /// </summary>
    public void Enqueue(GuestThread thread)
    {
        if (thread.Process.IsStopped)
        {
            thread.State = ThreadState.Stopped;
            return;
        }

        thread.State = ThreadState.Ready;
        int index = Choose(thread);
        Slot slot = _slots[index];
        slot.Ready.AddLast(thread);
        var vcpu = new VcpuId(index);
        if (slot.Running is null)
        {
            _scheduler.Wake(vcpu);
        }
        else if (slot.Ready.Count == 1 && !slot.IsCalled)
        {
            _scheduler.PreemptAt(
                vcpu, VirtualTime.Max(_clock.Now, slot.TurnStart + _turn));
        }
    }

    /// <summary>Puts the running thread of a vCPU behind the others that wait for it.</summary>
    public void Requeue(VcpuId vcpu)
    {
        Slot slot = _slots[vcpu.Index];
        GuestThread thread = slot.Running!;
        slot.Running = null;
        if (thread.Affinity.Contains(vcpu.Index))
        {
            thread.State = ThreadState.Ready;
            slot.Ready.AddLast(thread);
        }
        else
        {
            Enqueue(thread);
        }
    }

    /// <summary>The running thread of the vCPU has blocked or ended.</summary>
    public void Clear(VcpuId vcpu) => _slots[vcpu.Index].Running = null;

    /// <summary>Takes the next thread for a vCPU: its own, else the oldest of the longest queue
    /// that may run here.</summary>
    public bool TryTake(VcpuId vcpu, out GuestThread thread)
    {
        Slot slot = _slots[vcpu.Index];
        Invariant.Require(slot.Running is null);
        if (slot.Ready.First is { } first)
        {
            slot.Ready.RemoveFirst();
            thread = first.Value;
            return true;
        }

        return TrySteal(vcpu.Index, out thread);
    }

    /// <summary>The thread now runs; its turn starts.</summary>
    public void Start(VcpuId vcpu, GuestThread thread)
    {
        Slot slot = _slots[vcpu.Index];
        Invariant.Require(slot.Running is null);
        slot.Running = thread;
        slot.IsCalled = false;
        slot.TurnStart = _clock.Now;
        thread.State = ThreadState.Running;
        thread.LastVcpu = vcpu.Index;
        _scheduler.PreemptAt(
            vcpu, slot.Ready.Count > 0 ? _clock.Now + _turn : VirtualTime.MaxValue);
    }

    /// <summary>True if another thread waits for this vCPU.</summary>
    public bool HasReady(VcpuId vcpu) => _slots[vcpu.Index].Ready.Count > 0;

    /// <summary>Has the running thread of a vCPU look at its signals, and at where it may run, as
    /// soon as the vCPU can.</summary>
    public void Interrupt(VcpuId vcpu)
    {
        _slots[vcpu.Index].IsCalled = true;
        _scheduler.PreemptAt(vcpu, _clock.Now);
    }

    /// <summary>True if the running thread of the vCPU has to give it up: its turn is over and another
    /// waits, or it may not run there any more.</summary>
    public bool MustLeave(VcpuId vcpu)
    {
        Slot slot = _slots[vcpu.Index];
        return (slot.Ready.Count > 0 && _clock.Now >= slot.TurnStart + _turn)
            || !slot.Running!.Affinity.Contains(vcpu.Index);
    }

    /// <summary>The running thread goes on with its turn.</summary>
    public void Continue(VcpuId vcpu)
    {
        Slot slot = _slots[vcpu.Index];
        slot.IsCalled = false;
        _scheduler.PreemptAt(
            vcpu, slot.Ready.Count > 0 ? slot.TurnStart + _turn : VirtualTime.MaxValue);
    }

    /// <summary>Takes a thread that waits for a vCPU out of its queue.</summary>
    public void Withdraw(GuestThread thread)
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Ready.Remove(thread))
            {
                return;
            }
        }
    }

    private int Choose(GuestThread thread)
    {
        if (IsIdle(thread.LastVcpu) && thread.Affinity.Contains(thread.LastVcpu))
        {
            return thread.LastVcpu;
        }

        int best = -1;
        int bestLoad = int.MaxValue;
        for (int i = 0; i < _slots.Length; i++)
        {
            int load = _slots[i].Load;
            bool better = load < bestLoad || (load == bestLoad && i == thread.LastVcpu);
            if (thread.Affinity.Contains(i) && better)
            {
                best = i;
                bestLoad = load;
                if (load == 0)
                {
                    break;
                }
            }
        }

        Invariant.Require(best >= 0);
        return best;
    }

    private bool IsIdle(int vcpu) => _slots[vcpu].Load == 0;

    private bool TrySteal(int thief, out GuestThread thread)
    {
        thread = null!;
        LinkedListNode<GuestThread>? found = null;
        int foundSurplus = 0;
        foreach (Slot slot in _slots)
        {
            // A vCPU that is about to dispatch keeps the one thread it was woken for.
            int surplus = slot.Running is null ? slot.Ready.Count - 1 : slot.Ready.Count;
            if (surplus > foundSurplus && FirstAllowed(slot, thief) is { } node)
            {
                found = node;
                foundSurplus = surplus;
            }
        }

        if (found is null)
        {
            return false;
        }

        thread = found.Value;
        found.List!.Remove(found);
        return true;
    }

    private static LinkedListNode<GuestThread>? FirstAllowed(Slot slot, int vcpu)
    {
        for (var node = slot.Ready.First; node is not null; node = node.Next)
        {
            if (node.Value.Affinity.Contains(vcpu))
            {
                return node;
            }
        }

        return null;
    }

    private sealed class Slot
    {
        public GuestThread? Running { get; set; }

        public LinkedList<GuestThread> Ready { get; } = new();

        public VirtualTime TurnStart { get; set; }

        /// <summary>It is to leave its program at once, whatever its turn.</summary>
        public bool IsCalled { get; set; }

        public int Load => Ready.Count + (Running is null ? 0 : 1);
    }
}
