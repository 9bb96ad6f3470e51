using System.Buffers.Binary;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The kernel's entries: dispatch, system call, fault, end of a turn.</summary>
public sealed partial class GuestKernel
{
    /// <summary>Behind what a process may have, on hosts with 47 bits of user space and more.
    /// </summary>
    private const ulong UserSpaceEnd = 1UL << 47;

    /// <summary>Bit 1 is always set; bit 9 lets interrupts through.</summary>
    private const ulong InitialRflags = 0x202;

    /// <summary>Of INT n.</summary>
    private const byte InterruptOpcode = 0xcd;

    private bool _isEntered;

    /// <summary>Class of the call in progress; null while a thread is loaded.</summary>
    private KernelCostClass? _callCost;

    /// <summary>Copied in the entry before <see cref="UserMemory"/> was bound anew.</summary>
    private ulong _copiedBefore;

    /// <summary>The charge of the entry in progress, as far as it has come.</summary>
    private KernelCharge Spent => new(
        _callCost is { } cost ? _call.ActualCost ?? cost : KernelCostClass.ContextSwitch,
        _copiedBefore + UserMemory.CopiedBytes)
    {
        Signals = Delivery.Frames,
    };

    public bool Dispatch(IVcpu vcpu, out KernelCharge charge)
    {
        BeginEntry();
        _callCost = null;
        while (Exit is null && RunQueues.TryTake(vcpu.Id, out GuestThread thread))
        {
            Load(thread, vcpu);
            RunQueues.Start(vcpu.Id, thread);
            thread.RunningSince = Now;
            thread.Process.Timers.RunningChanged();
            bool runs = true;
            if (thread.PendingCall is { } entry)
            {
                _isEntered = true;
                runs = Retry(thread, vcpu, entry);
                _isEntered = false;
            }
            else
            {
                Delivery.Return(thread, vcpu);
                runs = thread.State != ThreadState.Dead && Exit is null
                    && !thread.Process.IsStopped;
                if (!runs)
                {
                    Put(thread, vcpu);
                }
            }

            if (runs)
            {
                charge = Spent;
                return true;
            }

            _copiedBefore += UserMemory.CopiedBytes;
        }

        charge = KernelCharge.None;
        return false;
    }

    /// <summary>HOT: per system call.</summary>
    public KernelOutcome SystemCall(IVcpu vcpu)
    {
        if (IsDead(vcpu, out KernelOutcome outcome))
        {
            return outcome;
        }

        GuestThread thread = RunQueues.Running(vcpu.Id)!;
        ulong number = vcpu.Registers.Rax;
        SystemCallTable.Entry? entry = _table.Find(number);
        _running = vcpu;
        thread.CallEnteredAt = Now;
        thread.IsRetry = false;
        thread.TimedOut = false;
        thread.IsInterrupted = false;
        BeginEntry();
        _call.Begin(thread, vcpu);
        if (entry is null)
        {
            string name = SystemCallNames.Find(number);
            ListUnsupported(number, name);
            CallLog calls = thread.Process.Calls;
            calls.End(calls.Begin(name, _call), -Errno.ENOSYS);
            vcpu.Registers.Rax = unchecked((ulong)-Errno.ENOSYS);
            return new KernelOutcome(
                KernelAction.Resume, new KernelCharge(KernelCostClass.Trivial, 0));
        }

        thread.CallTicket = thread.Process.Calls.Begin(entry.Name, _call);
        _callCost = entry.Cost;
        _isEntered = true;
        KernelAction action = Perform(thread, vcpu, entry);
        _isEntered = false;
        return new KernelOutcome(action, Spent);
    }

    public KernelOutcome Fault(IVcpu vcpu, in VcpuExit exit)
    {
        if (IsDead(vcpu, out KernelOutcome outcome))
        {
            return outcome;
        }

        GuestThread thread = RunQueues.Running(vcpu.Id)!;
        if (exit.Vector == FaultVector.PageFault && TryResolve(thread.Process.Memory, exit))
        {
            return new KernelOutcome(KernelAction.Resume, KernelCharge.None);
        }

        if (exit.Vector == FaultVector.PageFault && exit.Access == FaultAccess.Write
            && MayBeOthers(exit.FaultAddress))
        {
            WildStore ??= exit.FaultAddress;
        }

        Raise(thread, vcpu, exit);
        return thread.State == ThreadState.Dead || Exit is not null
            ? new KernelOutcome(Bury(vcpu), new KernelCharge(KernelCostClass.Signal, 0))
            : thread.Process.IsStopped ? Uncalled with { Action = Park(thread, vcpu) }
            : Uncalled;
    }

    /// <summary>Another process may have been resident since the vCPU stopped.</summary>
    /// <returns>True if the host alone denied the access, and does no more.</returns>
    private bool TryResolve(AddressSpace memory, in VcpuExit exit)
    {
        memory.Activate();
        return memory.TryTakePart(exit.FaultAddress, Now)
            || (exit.Access == FaultAccess.Write && memory.TryResolveFault(exit.FaultAddress));
    }

    /// <summary>Where the program stored outside its own window, and there was nothing: others of its
    /// stores may have met another node's memory, or the host's. Null if it did not.</summary>
    public ulong? WildStore { get; private set; }

    /// <summary>Neither the program's own, nor where no process has anything.</summary>
    private bool MayBeOthers(ulong address) =>
        !Window.Contains(address)
        && address is >= GuestLayout.LowestAddress and < UserSpaceEnd;

    public KernelOutcome Preempt(IVcpu vcpu)
    {
        if (IsDead(vcpu, out KernelOutcome outcome))
        {
            return outcome;
        }

        GuestThread thread = RunQueues.Running(vcpu.Id)!;
        if (thread.Process.IsStopped)
        {
            return new KernelOutcome(Park(thread, vcpu), KernelCharge.None);
        }

        if (RunQueues.MustLeave(vcpu.Id))
        {
            Leave(thread, vcpu);
            RunQueues.Requeue(vcpu.Id);
            return new KernelOutcome(Reschedule(thread), KernelCharge.None);
        }

        RunQueues.Continue(vcpu.Id);
        BeginEntry(thread, vcpu);
        Delivery.Return(thread, vcpu);
        return thread.State == ThreadState.Dead || thread.Process.IsStopped
            ? Uncalled with { Action = Put(thread, vcpu) }
            : Uncalled;
    }

    /// <inheritdoc/>
    public bool MayRunAhead(VcpuId one, VcpuId other, VirtualTime now) =>
        _entered[one.Index] is { } first && _entered[other.Index] is { } second
        && (first.IsApartFrom(second) || (first != second && first.TryWithdraw(now)));

    public IReadOnlyList<string> DescribeThreads()
    {
        var lines = new List<string>();
        foreach (GuestProcess process in Processes.Living)
        {
            Describe(process, lines);
        }

        return lines;
    }

    private void Describe(GuestProcess process, List<string> lines)
    {
        process.Memory.Activate();
        var symbols = new SymbolFinder(process.Memory, process.Files);
        var waits = new WaitReport(process, symbols, Options.Network);
        foreach (GuestThread thread in process.Threads)
        {
            if (thread.State == ThreadState.Blocked && thread.Wait is { } wait)
            {
                lines.AddRange(waits.Lines(thread, wait));
                continue;
            }

            string doing = thread.State switch
            {
                ThreadState.Running => $"runs on vcpu{thread.LastVcpu}",
                ThreadState.Stopped => "is stopped by job control",
                _ => $"is ready on vcpu{thread.LastVcpu}",
            };
            lines.Add($"process {process.Id} thread {thread.Id} ({thread.Name}) {doing}");
        }
    }

    /// <summary>In a handler of the thread's call, to which its own signals come back.</summary>
    internal bool IsActing(GuestThread thread) => _isEntered && _call.Thread == thread;

    /// <summary>What an entry that is no system call costs: the handlers that it started.</summary>
    private KernelOutcome Uncalled => new(
        Exit is null ? KernelAction.Resume : KernelAction.NodeEnded,
        new KernelCharge(KernelCostClass.None, UserMemory.CopiedBytes)
        {
            Signals = Delivery.Frames,
        });

    private void BeginEntry()
    {
        _copiedBefore = 0;
        Delivery.BeginEntry();
    }

    private void BeginEntry(GuestThread thread, IVcpu vcpu)
    {
        BeginEntry();
        _running = vcpu;
        UserMemory.Bind(thread.Process.Memory, vcpu.Id);
    }

    /// <summary>Turns a processor exception into the signal that Linux sends.</summary>
    private void Raise(GuestThread thread, IVcpu vcpu, in VcpuExit exit)
    {
        BeginEntry(thread, vcpu);
        ref GuestRegisters registers = ref vcpu.Registers;
        if (exit.Vector is FaultVector.Breakpoint or FaultVector.Debug)
        {
            // Traps: they are told behind the instruction, of one byte or, as int 3, of two.
            Span<byte> code = stackalloc byte[1];
            bool isLong = thread.Process.Memory.FetchCode(registers.Rip, code) == 1
                && code[0] == InterruptOpcode;
            registers.Rip += isLong ? 2UL : 1UL;
        }

        SignalInfo info = FaultSignal.Of(
            exit, registers.Rip, vcpu.ExtendedState, thread.Process.Memory);
        thread.Signals.LastFault = FaultSignal.RecordOf(exit, info);
        string what = exit.Vector == FaultVector.PageFault
            ? $"{exit.Access.ToString().ToLowerInvariant()} of 0x{exit.FaultAddress:x}"
            : exit.Vector.ToString();
        Signals.Force(thread, info, what);
        Delivery.Return(thread, vcpu);
    }

    /// <summary>What is sent now leaves no sooner: when the entry in progress has done, by its
    /// vCPU's clock, what it has done so far.</summary>
    private VirtualTime GetSendTime() => _isEntered ? Ports.After(Spent) : Now;

    /// <returns>False if the thread blocked again, or the node ended.</returns>
    private bool Retry(GuestThread thread, IVcpu vcpu, SystemCallTable.Entry entry)
    {
        _call.Begin(thread, vcpu);
        thread.IsInterrupted = SignalRouter.Interrupts(thread);
        return Perform(thread, vcpu, entry) == KernelAction.Resume;
    }

    /// <summary>Runs the handler and does what it says.</summary>
    private KernelAction Perform(GuestThread thread, IVcpu vcpu, SystemCallTable.Entry entry)
    {
        SystemCallResult result = entry.Handler(_call);
        while (Exit is null && result.Wait is { } wait)
        {
            if (thread.IsInterrupted && !wait.IsUninterruptible)
            {
                result = wait.WhenInterrupted;
                break;
            }

            bool isInterrupted = !wait.IsUninterruptible && SignalRouter.Interrupts(thread);
            bool isOver = wait.Deadline is { } deadline && deadline <= Now;
            if (!isInterrupted && !isOver)
            {
                thread.PendingCall = entry;
                Leave(thread, vcpu);
                RunQueues.Clear(vcpu.Id);
                thread.Block(wait);
                return Reschedule(thread);
            }

            thread.IsRetry = true;
            thread.TimedOut = isOver;
            thread.IsInterrupted = isInterrupted;
            result = entry.Handler(_call);
        }

        return Finish(thread, vcpu, result.Value);
    }

    private KernelAction Finish(GuestThread thread, IVcpu vcpu, long value)
    {
        thread.PendingCall = null;
        if (thread.State == ThreadState.Dead)
        {
            return Bury(vcpu);
        }

        thread.Process.Calls.End(
            thread.CallTicket, Errno.IsRestart(value) ? -Errno.EINTR : value);
        if (_call.HasSetRegisters)
        {
            Delivery.Return(thread, vcpu);
        }
        else
        {
            Delivery.ReturnFromCall(thread, vcpu, vcpu.Registers.Rax, value);
        }

        if (Exit is not null || thread.State == ThreadState.Dead)
        {
            return Bury(vcpu);
        }

        if (thread.Process.IsStopped)
        {
            return Park(thread, vcpu);
        }

        if (!_call.Yields)
        {
            return KernelAction.Resume;
        }

        Leave(thread, vcpu);
        RunQueues.Requeue(vcpu.Id);
        return Reschedule(thread);
    }

    /// <summary>The vCPU's thread is dead: it goes on with another, if the node goes on.</summary>
    private KernelAction Bury(IVcpu vcpu)
    {
        if (Exit is not null)
        {
            return KernelAction.NodeEnded;
        }

        GuestThread thread = RunQueues.Running(vcpu.Id)!;
        RunQueues.Clear(vcpu.Id);
        return Reschedule(thread);
    }

    /// <summary>The vCPU's thread runs no further: dead or stopped.</summary>
    private KernelAction Put(GuestThread thread, IVcpu vcpu) =>
        thread.State == ThreadState.Dead || Exit is not null ? Bury(vcpu) : Park(thread, vcpu);

    /// <summary>The running thread was ended from outside, so that what its vCPU came with is nobody's
    /// any more.</summary>
    private bool IsDead(IVcpu vcpu, out KernelOutcome outcome)
    {
        bool isDead = RunQueues.Running(vcpu.Id)!.State == ThreadState.Dead;
        outcome = isDead ? new KernelOutcome(Bury(vcpu), KernelCharge.None) : default;
        return isDead;
    }

    private void Load(GuestThread thread, IVcpu vcpu)
    {
        _running = vcpu;
        Enter(vcpu, thread.Process.Memory);
        thread.Load(vcpu);
        if (thread.SetChildTid != 0)
        {
            UserMemory.TryWrite(thread.SetChildTid, thread.Id);
            thread.SetChildTid = 0;
        }
    }

    /// <summary>The vCPU runs in that memory from now on.</summary>
    private void Enter(IVcpu vcpu, AddressSpace memory)
    {
        ref AddressSpace? entered = ref _entered[vcpu.Id.Index];
        if (entered != memory)
        {
            vcpu.Enter(memory);
            if (entered is not null)
            {
                vcpu.FlushFilter();
            }
        }

        entered = memory;
        UserMemory.Bind(memory, vcpu.Id);
    }

    /// <summary>The thread stops running on the vCPU for now.</summary>
    private void Leave(GuestThread thread, IVcpu vcpu)
    {
        thread.Save(vcpu);
        thread.CpuTime += Now - thread.RunningSince;
        thread.RunningSince = Now;
    }

    /// <summary>The thread has left its vCPU, and another may take it.</summary>
    private static KernelAction Reschedule(GuestThread thread)
    {
        thread.Process.Timers.RunningChanged();
        return KernelAction.Reschedule;
    }
}
