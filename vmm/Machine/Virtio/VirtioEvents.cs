using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>Requests that are done at a time to come, in the order of (time, order of coming). Each queue has at
/// most as many as it has entries.</summary>
/// <param name="now">Virtual time.</param>
/// <param name="setAlarm">Told when the next is due, each time that this changes; MaxValue: none is.</param>
internal sealed class VirtioEvents(Func<VirtualTime> now, Action<VirtualTime> setAlarm) : IStatisticsSource
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly PriorityQueue<PendingGive, (VirtualTime Time, ulong Order)> _pending = new();
    private ulong _order;
    private ulong _count;
    private UInt128 _late;
    private ulong _latest;

    public VirtualTime Now => now();

    /// <summary>Gives it back when that time has come, never sooner.</summary>
    public void Add(VirtualTime time, in PendingGive give)
    {
        VirtualTime before = Next;
        _pending.Enqueue(give, (time, _order++));
        if (time < before)
        {
            setAlarm(time);
        }
    }

    /// <summary>Gives back what is due, and says when the next is.</summary>
    public void RunDue()
    {
        VirtualTime time = now();
        while (_pending.TryPeek(out PendingGive give, out (VirtualTime Time, ulong Order) at) && at.Time <= time)
        {
            _pending.Dequeue();
            ulong late = (time - at.Time).Picoseconds;
            _count++;
            _late += late;
            _latest = Math.Max(_latest, late);
            give.Transport.GiveLate(give);
        }

        setAlarm(Next);
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        list.Count("timed", _count, "Count", "requests that a model said the end of");
        list.Quotient(
            "lateness", _late, (UInt128)_count * PicosecondsPerSecond, "Second",
            "mean virtual time by which the host was late to tell the guest of such an end");
        list.Quotient(
            "latenessMax", _latest, PicosecondsPerSecond, "Second", "the most of that");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _count = 0;
        _late = 0;
        _latest = 0;
    }

    private VirtualTime Next =>
        _pending.TryPeek(out _, out (VirtualTime Time, ulong Order) at) ? at.Time : VirtualTime.MaxValue;
}
