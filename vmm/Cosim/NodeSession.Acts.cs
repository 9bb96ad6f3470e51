using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>Action points: what a vCPU does when it is the minimum of its node.</summary>
public sealed partial class NodeSession
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    /// <summary>Does the one thing that is due at the vCPU's time.</summary>
    /// <returns>False if nothing was: the vCPU runs on.</returns>
    private bool ActAt(VcpuSlot slot)
    {
        // V without the answers still due is a lower bound of V: what it has passed is passed.
        VirtualTime now = slot.Clock.Now;
        VirtualTime passed = TimeOf(slot);
        VirtualTime nextEvent = NextTime;
        if (_until <= passed && _until <= nextEvent)
        {
            End(NodeEnd.Until, _until, 0);
            return true;
        }

        if (nextEvent <= passed)
        {
            CountOvertaken(passed - nextEvent);
            Fire();
            return true;
        }

        if (HasWeavers && IsExact(slot) && !WeaveAt(slot, now))
        {
            return true;
        }

        if (!slot.NeedsDispatch && !slot.HasExit && slot.PreemptAt > now)
        {
            return false;
        }

        if (now < _now)
        {
            // It was held, and others acted within the cycle by which its clock is behind.
            Invariant.Require(slot.Clock.Frequency.CyclesCovering(_now - now) == 1);
            Skip(slot, _now);
            return true;
        }

        ActEarly(slot);

        SetNow(now);
        _epoch++;
        _acting = slot;
        if (slot.NeedsDispatch)
        {
            Dispatch(slot);
        }
        else if (slot.HasExit)
        {
            slot.HasExit = false;
            Act(slot);
        }
        else
        {
            Preempt(slot);
        }

        _acting = null;
        EndIfGuestHas(slot.Clock.Now, slot);
        Publish(slot);
        return true;
    }

    /// <summary>Times the requests before an act.</summary>
    /// <returns>False if the vCPU's time is another, or not known yet.</returns>
    private bool WeaveAt(VcpuSlot slot, VirtualTime now)
    {
        bool wasHeld = slot.IsHeld;
        ulong timed = _weaver?.RequestCount ?? 0;
        WeaveTo(now);
        slot.IsHeld = slot.IsWaiting;
        Invariant.Require(
            _model is null || _pace is not null || slot.Window.IsOpen || !wasHeld || !slot.IsHeld
                || slot.Clock.Now != now || _weaver!.RequestCount != timed,
            "a vCPU waits for an answer that does not come");
        if (wasHeld && slot.IsHeld && slot.Clock.Now == now && !HasMovedFor(slot))
        {
            // All others are later or held as well, so that it had nobody to wait for.
            throw new PeerFaultException($"stands at {now} and answers nothing");
        }

        return !slot.IsHeld && slot.Clock.Now == now;
    }

    private void Dispatch(VcpuSlot slot)
    {
        slot.NeedsDispatch = false;
        if (_kernel!.Dispatch(slot.Engine!, out KernelCharge charge))
        {
            ref GuestRegisters registers = ref slot.Engine!.Registers;
            slot.Counters.Dispatches++;
            _log.Add(_now, slot.Id.Index, EventKind.Dispatch, registers.Rip, registers.Rax);
        }
        else
        {
            slot.IsIdle = true;
            _log.Add(_now, slot.Id.Index, EventKind.Idle);
        }

        Charge(slot, charge);
    }

    private void Preempt(VcpuSlot slot)
    {
        slot.PreemptAt = VirtualTime.MaxValue;
        slot.Counters.Preemptions++;
        KernelOutcome outcome = _kernel!.Preempt(slot.Engine!);
        _log.Add(_now, slot.Id.Index, EventKind.Preempt, (ulong)outcome.Action);
        Apply(slot, outcome);
    }

    private void Act(VcpuSlot slot)
    {
        switch (slot.Exit.Reason)
        {
            case ExitReason.SystemCall:
                SystemCall(slot);
                break;
            case ExitReason.Fault:
                Fault(slot);
                break;
            case ExitReason.TimestampRead:
                ReadTimestamp(slot);
                break;
            case ExitReason.RegionMark:
                MarkRegion(slot);
                break;
            case ExitReason.WindowAccess:
                AccessWindow(slot);
                break;
            default:
                throw new UnsupportedGuestException(
                    slot.Id, slot.Engine!.Registers.Rip, $"unknown exit {slot.Exit.Reason}");
        }
    }

    private void SystemCall(VcpuSlot slot)
    {
        IVcpu vcpu = slot.Engine!;
        ref GuestRegisters registers = ref vcpu.Registers;
        ulong number = registers.Rax;
        ulong first = registers.Rdi;
        ulong second = registers.Rsi;
        ulong third = registers.Rdx;
        KernelOutcome outcome = _kernel!.SystemCall(vcpu);
        slot.Counters.SystemCalls++;
        slot.SystemCalls++;
        ulong result = outcome.Action == KernelAction.Resume ? vcpu.Registers.Rax : 0;
        _log.Add(
            _now,
            slot.Id.Index,
            EventKind.SystemCall,
            number,
            first,
            second,
            third,
            (ulong)outcome.Action,
            result);
        Apply(slot, outcome);
    }

    private void Fault(VcpuSlot slot)
    {
        VcpuExit exit = slot.Exit;
        KernelOutcome outcome = _kernel!.Fault(slot.Engine!, exit);

        // A fault that is free and goes on is the host's (a write to watched code), and depends on
        // what was translated when.
        if (outcome.Action != KernelAction.Resume || outcome.Charge != KernelCharge.None)
        {
            slot.Counters.Exits[(int)ExitReason.Fault]++;
            _log.Add(
                _now,
                slot.Id.Index,
                EventKind.Fault,
                (ulong)exit.Vector,
                exit.FaultAddress,
                (ulong)outcome.Action);
        }

        Apply(slot, outcome);
    }

    private void ReadTimestamp(VcpuSlot slot)
    {
        ref GuestRegisters registers = ref slot.Engine!.Registers;
        ulong counter = TimestampAt(_now);
        registers.Rax = (uint)counter;
        registers.Rdx = counter >> 32;
        if (slot.Exit.Code == 1)
        {
            registers.Rcx = (ulong)slot.Id.Index;
        }

        _log.Add(_now, slot.Id.Index, EventKind.TimestampRead, counter);
    }

    /// <summary>The time-stamp counter at an instant: floor(V x rate).</summary>
    private ulong TimestampAt(VirtualTime time) => checked(
        (ulong)((UInt128)time.Picoseconds * _options.TscFrequency.Hertz / PicosecondsPerSecond));

    private void MarkRegion(VcpuSlot slot)
    {
        ref GuestRegisters registers = ref slot.Engine!.Registers;
        int code = slot.Exit.Code;
        ulong first = registers.Rdi;
        ulong second = registers.Rsi;
        _log.Add(_now, slot.Id.Index, EventKind.RegionMark, (ulong)code, first, second);
        switch (code)
        {
            case M5Op.ReadNanoseconds:
                registers.Rax = _now.Picoseconds / 1_000;
                break;
            case M5Op.Exit:
                AfterDelay(slot, first, new EndEvent(this, NodeEnd.ExitMark, 0));
                break;
            case M5Op.Fail:
                AfterDelay(slot, first, new EndEvent(this, NodeEnd.FailMark, second));
                break;
            case M5Op.ResetStatistics:
            case M5Op.DumpStatistics:
            case M5Op.DumpResetStatistics:
                RequireNoPeriod(slot, second);
                AfterDelay(slot, first, StatisticsEvent.Of(this, code));
                break;
            case M5Op.WorkBegin:
            case M5Op.WorkEnd:
                MarkWork(slot, code == M5Op.WorkBegin, first, second);
                break;
            default:
                throw new UnsupportedGuestException(
                    slot.Id, registers.Rip, $"m5op 0x{code:x} is not supported");
        }
    }

    private void AfterDelay(VcpuSlot slot, ulong nanoseconds, INodeEvent action)
    {
        if (nanoseconds == 0)
        {
            action.Fire();
            return;
        }

        if (nanoseconds > ulong.MaxValue / 1_000 - _now.Picoseconds / 1_000 - 1)
        {
            throw new UnsupportedGuestException(
                slot.Id, slot.Engine!.Registers.Rip, $"m5op delay of {nanoseconds} ns");
        }

        _queue.Schedule(_now + VirtualDuration.FromNanoseconds(nanoseconds), action);
    }

    private static void RequireNoPeriod(VcpuSlot slot, ulong period)
    {
        if (period != 0)
        {
            throw new UnsupportedGuestException(
                slot.Id,
                slot.Engine!.Registers.Rip,
                "m5op statistics with a period are not supported; use a period of 0");
        }
    }

    private void Apply(VcpuSlot slot, KernelOutcome outcome)
    {
        Charge(slot, outcome.Charge);
        _profile?.AddKernel(slot.Id, KernelUnits(slot, outcome.Charge));
        switch (outcome.Action)
        {
            case KernelAction.Resume:
                break;
            case KernelAction.Reschedule:
                slot.NeedsDispatch = true;
                break;
            case KernelAction.NodeEnded:
                End(NodeEnd.GuestExited, slot.Clock.Now, 0, slot);
                break;
            default:
                Invariant.Require(false, "unknown kernel action");
                break;
        }
    }

    private void Charge(VcpuSlot slot, KernelCharge charge) =>
        slot.Clock.AddKernel(KernelUnits(slot, charge));

    /// <summary>The table is of the node's clock: a core with a slower one takes as many cycles.</summary>
    private ulong KernelUnits(VcpuSlot slot, KernelCharge charge) => checked(
        _kernelCosts.Cycles(charge, _frequency) * slot.Core.UnitsPerCycle);

    /// <summary>Ends the run from within an event or a mark, at <see cref="Now"/>.</summary>
    private sealed class EndEvent(NodeSession session, NodeEnd end, ulong code) : INodeEvent
    {
        public void Fire() => session.End(end, session._now, code);
    }
}
