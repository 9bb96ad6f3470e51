using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Machine;

namespace Dilaton.Cli;

/// <summary>A system guest as a node of a network: its machine runs while it has a grant, and is held, with all its
/// clocks, until it has the next. It can't be stopped at an instant, so it goes some way past its grant: what it sends
/// there leaves then, and a frame that came meanwhile it is given late. How far, and how late, is counted.
/// docs/time.md, 12.16.
/// <code>
/// grant ──► Resume ──► frames at their times ──► the grant's end ──► Hold ──► what was sent, and where it stands
/// </code></summary>
/// <param name="deliver">Gives the guest a frame.</param>
/// <param name="end">Of the job; it ends there.</param>
internal sealed class SystemNode(
    int id,
    IHeldMachine machine,
    SystemPort port,
    Action<ReadOnlyMemory<byte>> deliver,
    VirtualTime end) : IClusterNode, IStatisticsSource
{
    private const ulong PicosecondsPerSecond = 1_000_000_000_000;

    private readonly Queue<FrameArrival> _arrivals = new();
    private ulong _holds;
    private UInt128 _overrun;
    private ulong _overrunMax;
    private ulong _given;
    private UInt128 _lateness;
    private ulong _latenessMax;

    public int Id => id;

    public IReadOnlyList<int> Ports => [id];

    /// <summary>It came to the job's end.</summary>
    public bool IsAtEnd { get; private set; }

    public void Run(VirtualTime until, IReadOnlyList<FrameArrival> arrivals, NodeReport report)
    {
        ArgumentNullException.ThrowIfNull(arrivals);
        ArgumentNullException.ThrowIfNull(report);
        foreach (FrameArrival arrival in arrivals)
        {
            _arrivals.Enqueue(arrival);
        }

        // What came while it was past its grant.
        DeliverDue();
        VirtualTime stop = VirtualTime.Min(until, end);
        if (machine.Now < stop && !machine.IsOver)
        {
            RunTo(stop);
        }

        IsAtEnd = machine.Now >= end && !machine.IsOver;
        if (IsAtEnd)
        {
            machine.RequestStop();
        }

        VirtualTime now = machine.Now;
        report.HasEnded = machine.IsOver;
        report.Now = VirtualTime.Min(now, new VirtualTime(until.Picoseconds - 1));
        report.NextAct = report.HasEnded ? VirtualTime.MaxValue : VirtualTime.Max(now, until);
        report.Departures.Clear();
        port.TakeDepartures(report.Departures);
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("holds", _holds, "Count", "times that the machine was held for the other nodes");
        list.Quotient(
            "overrun", _overrun, (UInt128)_holds * PicosecondsPerSecond, "Second",
            "mean virtual time by which it went past its grant before it was held");
        list.Quotient("overrunMax", _overrunMax, PicosecondsPerSecond, "Second", "the most of that");
        list.Count("frames", _given, "Count", "frames that came, and were given to the guest's interface");
        list.Quotient(
            "lateness", _lateness, (UInt128)_given * PicosecondsPerSecond, "Second",
            "mean virtual time by which that was after they came");
        list.Quotient("latenessMax", _latenessMax, PicosecondsPerSecond, "Second", "the most of that");
    }

    /// <inheritdoc/>
    public void ResetStatistics()
    {
        _holds = _overrunMax = _given = _latenessMax = 0;
        _overrun = _lateness = 0;
    }

    private void RunTo(VirtualTime stop)
    {
        machine.Resume();
        while (_arrivals.TryPeek(out FrameArrival next) && next.Time < stop && !machine.IsOver)
        {
            machine.WaitUntil(next.Time);
            DeliverDue();
        }

        machine.WaitUntil(stop);
        machine.Hold();
        if (!machine.IsOver)
        {
            ulong overrun = (machine.Now - stop).Picoseconds;
            _holds++;
            _overrun += overrun;
            _overrunMax = Math.Max(_overrunMax, overrun);
        }
    }

    /// <summary>Never before its time.</summary>
    private void DeliverDue()
    {
        while (_arrivals.TryPeek(out FrameArrival first) && first.Time <= machine.Now && !machine.IsOver)
        {
            _arrivals.Dequeue();
            ulong late = (machine.Now - first.Time).Picoseconds;
            _given++;
            _lateness += late;
            _latenessMax = Math.Max(_latenessMax, late);
            deliver(first.Frame);
        }
    }
}
