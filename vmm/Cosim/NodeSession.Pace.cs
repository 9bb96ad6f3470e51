using Dilaton.Core;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A node whose time is the host's, divided by the TDF, whether it runs or not: docs/time.md,
/// 12.12. All its vCPUs that run show one time, whatever their turns are; what they did not run of it, they
/// waited.</summary>
public sealed partial class NodeSession
{
    /// <summary>Of a wait: so soon the node hears of a request to stop.</summary>
    private const ulong WaitNanoseconds = 20_000_000;

    private readonly IHostPace? _pace;

    // V by the host's clock, whose nanoseconds are its units.
    private readonly VcpuClock _host;

    /// <summary>Brings all vCPUs that run to the host's time. HOT: per slice and act.</summary>
    /// <returns>Whose turn it is: turns are slices of what each has run.</returns>
    private VcpuSlot? FollowHost()
    {
        ReadHost();
        VirtualTime time = _host.Now;
        foreach (VcpuSlot slot in _slots)
        {
            time = slot.IsIdle ? time : VirtualTime.Max(time, slot.Clock.Now);
        }

        VcpuSlot? first = null;
        int runnable = 0;
        foreach (VcpuSlot slot in _slots)
        {
            if (slot.IsIdle)
            {
                continue;
            }

            runnable++;
            Skip(slot, time);
            if (first is null || TurnOf(slot) < TurnOf(first))
            {
                first = slot;
            }
        }

        _runnable = runnable;
        return first;
    }

    private ulong TurnOf(VcpuSlot slot) => slot.Share / slot.Core.Policy.SliceUnits(Rivals.Near);

    /// <summary>It gets no more of the host than those that ran while it was idle.</summary>
    private void TakeTurns(VcpuSlot woken)
    {
        if (_pace is null)
        {
            return;
        }

        ulong least = ulong.MaxValue;
        foreach (VcpuSlot slot in _slots)
        {
            least = slot.IsIdle ? least : Math.Min(least, slot.Share);
        }

        woken.Share = least == ulong.MaxValue ? woken.Share : Math.Max(woken.Share, least);
    }

    /// <summary>All vCPUs are idle: waits a while for a time to come.</summary>
    /// <returns>Whether it is still to come.</returns>
    private bool IsAheadOfHost(VirtualTime time)
    {
        ReadHost();
        if (_host.Now >= time)
        {
            return false;
        }

        _pace!.WaitUntil(Math.Min(
            _host.UnitsCovering(time), checked(_host.TotalUnits + WaitNanoseconds)));
        ReadHost();
        foreach (VcpuSlot slot in _slots)
        {
            Skip(slot, VirtualTime.Min(time, _host.Now));
            Publish(slot);
        }

        return _host.Now < time;
    }

    private void ReadHost()
    {
        ulong now = _pace!.Nanoseconds;
        if (now > _host.TotalUnits)
        {
            _host.AddExecuted(now - _host.TotalUnits);
        }
    }
}
