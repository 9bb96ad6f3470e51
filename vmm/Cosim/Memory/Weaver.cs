using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The weave phase: gives the timing model the requests of all vCPUs in the order of
/// their true times, and the vCPUs their true latencies.
/// 1. A request is open once nothing before it on its own vCPU is unanswered that could move it.
/// 2. The window begins at the earliest open request and is MinLatency long: no answer to a request
///    in it can move another one of it, nor can one that is not open yet fall into it.
/// 3. The model times the window's requests together; their answers open further ones.
/// 4. It ends when no open request lies before the end of the interval.
/// So a core that waits for an answer issues its next request after it, and what the model is told
/// never goes back in time.</summary>
internal sealed class Weaver : IWeaver
{
    private static readonly Comparison<Slot> s_byTime = (a, b) => a.CompareTo(b);

    private readonly ITimingModel _model;
    private readonly MissTimeline[] _timelines;
    private Slot[] _slots = new Slot[64];
    private MemoryRequest[] _requests = new MemoryRequest[64];
    private VirtualDuration[] _latencies = new VirtualDuration[64];
    private int _count;
    private VirtualTime _told;

    public Weaver(ITimingModel model, MissTimeline[] timelines)
    {
        _model = model;
        _timelines = timelines;
    }

    public ulong RequestCount { get; private set; }

    public UInt128 LatencyPicoseconds { get; private set; }

    public bool HasMoved => true;

    public void ResetStatistics()
    {
        RequestCount = 0;
        LatencyPicoseconds = 0;
    }

    public void WeaveTo(VirtualTime end, VirtualTime limit)
    {
        while (true)
        {
            VirtualTime first = VirtualTime.MaxValue;
            foreach (MissTimeline timeline in _timelines)
            {
                if (timeline.HasUnanswered)
                {
                    timeline.Issue();
                    foreach (ref readonly OpenRequest open in timeline.Open)
                    {
                        first = VirtualTime.Min(first, open.Request.At);
                    }
                }
            }

            if (first >= end)
            {
                return;
            }

            VirtualTime windowEnd = VirtualTime.Min(end, first + _model.MinLatency);
            Gather(windowEnd);
            Time();
            foreach (MissTimeline timeline in _timelines)
            {
                timeline.RemoveAnswered(windowEnd);
            }
        }
    }

    private void Gather(VirtualTime windowEnd)
    {
        _count = 0;
        for (int t = 0; t < _timelines.Length; t++)
        {
            ReadOnlySpan<OpenRequest> open = _timelines[t].Open;
            for (int i = 0; i < open.Length; i++)
            {
                if (open[i].Request.At < windowEnd)
                {
                    Add(new Slot(open[i].Request, t, i));
                }
            }
        }

        if (_count > 1)
        {
            _slots.AsSpan(0, _count).Sort(s_byTime);
        }

        for (int i = 0; i < _count; i++)
        {
            _requests[i] = _slots[i].Request;
        }
    }

    private void Time()
    {
        Invariant.Require(_requests[0].At >= _told, "a request goes back in time");
        _told = _requests[_count - 1].At;
        Span<VirtualDuration> latencies = _latencies.AsSpan(0, _count);
        _model.Weave(_requests.AsSpan(0, _count), latencies);
        VirtualDuration least = _model.MinLatency;
        for (int i = 0; i < _count; i++)
        {
            Invariant.Require(latencies[i] >= least, "an answer comes before its least latency");
            LatencyPicoseconds += latencies[i].Picoseconds;
            _timelines[_slots[i].Timeline].Answer(_slots[i].Index, latencies[i]);
        }

        RequestCount += (ulong)_count;
    }

    private void Add(in Slot slot)
    {
        if (_count == _slots.Length)
        {
            Array.Resize(ref _slots, _count * 2);
            Array.Resize(ref _requests, _count * 2);
            Array.Resize(ref _latencies, _count * 2);
        }

        _slots[_count++] = slot;
    }

    private readonly record struct Slot(MemoryRequest Request, int Timeline, int Index)
        : IComparable<Slot>
    {
        public int CompareTo(Slot other)
        {
            int byTime = Request.At.CompareTo(other.Request.At);
            int byVcpu = byTime != 0 ? byTime : Timeline.CompareTo(other.Timeline);
            return byVcpu != 0 ? byVcpu : Request.Sequence.CompareTo(other.Request.Sequence);
        }
    }
}
