using Dilaton.Core;
using Dilaton.Machine;

namespace Dilaton.Kvm;

/// <summary>The machine's part in interrupt controllers outside of KVM (<see cref="InterruptFabric"/>): the alarm of
/// their timers, and waiting.</summary>
public sealed partial class KvmSystem : IIdleMachine
{
    private readonly VirtualTime _until;
    private Board? _board;

    // Under _alarmGate: when the next timer of a local APIC expires.
    private VirtualTime _expires = VirtualTime.MaxValue;

    /// <summary>Null: KVM's.</summary>
    internal InterruptFabric? Interrupts { get; }

    /// <summary>Null: vCPUs halt in KVM.</summary>
    internal IdleGate? Idle { get; }

    /// <summary>Of its own interrupt controllers; null: it has none.</summary>
    public IStatisticsSource? InterruptStatistics => Interrupts;

    /// <summary>Host time that it would have taken to wait for what was skipped to, in nanoseconds.</summary>
    public long SkippedNanoseconds => _time.SkippedNanoseconds;

    VirtualTime IIdleMachine.Next
    {
        get
        {
            // All vCPUs wait, so nobody sets a timer; an alarm of the board's that is set now wakes them.
            VirtualTime next = VirtualTime.Min(Interrupts!.NextWake, BoardAlarm());
            return Now >= _until ? VirtualTime.MaxValue : VirtualTime.Min(next, _until);
        }
    }

    bool IIdleMachine.HasWork => Interrupts!.HasWork;

    void IIdleMachine.StandStill() => _time.Hold();

    void IIdleMachine.SkipTo(VirtualTime time) => _time.Skip(time);

    void IIdleMachine.GoOn() => GoOn();

    void IIdleMachine.Deliver() => RunDue(_board!);

    private VirtualTime BoardAlarm()
    {
        lock (_alarmGate)
        {
            return _wanted;
        }
    }

    /// <summary>Called with the interrupt controllers' lock held.</summary>
    private void SetTimerAlarm(VirtualTime time)
    {
        lock (_alarmGate)
        {
            _expires = time;
            ArmNext();
        }
    }

    /// <summary>Called with the interrupt controllers' lock held.</summary>
    private void Wake(int vcpu)
    {
        Idle!.Wake(vcpu);
        _vcpus[vcpu].KickFromGuest();
    }

    /// <summary>All that is due, of devices and timers.</summary>
    private void RunDue(Board board)
    {
        board.RunDue();
        Interrupts?.RunDue();
    }

    private static void RequireExact(KvmSystemOptions options, VcpuTurns turns)
    {
        if (turns.TakesTurns)
        {
            throw new KvmGuestException(
                $"{options.VcpuCount} cores on {options.Processors} processors of the host would take turns, and with "
                + "interrupts: exact they do not in this version: give fewer cores, all alike");
        }
    }
}
