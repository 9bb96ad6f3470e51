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
    private readonly ITimingModel _model;
    private VirtualDuration _minLatency;
    private readonly MissTimeline[] _timelines;
    private Place[] _places = new Place[64];
    private MemoryRequest[] _requests = new MemoryRequest[64];
    private VirtualDuration[] _latencies = new VirtualDuration[64];
    private int _count;
    private VirtualTime _told;

    public Weaver(ITimingModel model, MissTimeline[] timelines)
    {
        _model = model;
        _minLatency = model.MinLatency;
        _timelines = timelines;
    }

    public ulong RequestCount => Latencies.Count;

    public UInt128 LatencyPicoseconds => Latencies.Sum;

    public LatencyHistogram Latencies { get; } = new();

    public VirtualTime Reached => VirtualTime.Zero;

    public bool HasMoved => true;

    /// <summary>The model's rates are others from now on.</summary>
    public void ChangeRates() => _minLatency = _model.MinLatency;

    public void ResetStatistics()
    {
        Latencies.Reset();
    }

    public void WeaveTo(VirtualTime end, VirtualTime limit)
    {
        while (true)
        {
            VirtualTime first = VirtualTime.MaxValue;
            VirtualTime second = VirtualTime.MaxValue;
            MissTimeline? earliest = null;
            foreach (MissTimeline timeline in _timelines)
            {
                if (timeline.HasUnanswered)
                {
                    timeline.Issue();
                    VirtualTime at = timeline.Open.FirstAt;
                    second = VirtualTime.Min(second, at < first ? first : at);
                    earliest = at < first ? timeline : earliest;
                    first = VirtualTime.Min(first, at);
                }
            }

            if (first >= end)
            {
                return;
            }

            VirtualTime windowEnd = VirtualTime.Min(end, first + _minLatency);
            if (second >= windowEnd)
            {
                WeaveOne(earliest!, windowEnd);
            }
            else
            {
                WeaveSeveral(windowEnd);
            }
        }
    }

    /// <summary>A window with requests of one vCPU.</summary>
    private void WeaveOne(MissTimeline timeline, VirtualTime windowEnd)
    {
        int count = timeline.Open.CountBefore(windowEnd);
        timeline.Answer(Time(timeline.Open.All[..count]));
    }

    /// <summary>A window with requests of several vCPUs.</summary>
    private void WeaveSeveral(VirtualTime windowEnd)
    {
        Gather(windowEnd);
        ReadOnlySpan<VirtualDuration> latencies = Time(_requests.AsSpan(0, _count));
        for (int i = 0; i < _count; i++)
        {
            _timelines[_places[i].Timeline].AnswerAt(_places[i].Index, latencies[i]);
        }

        foreach (MissTimeline timeline in _timelines)
        {
            timeline.Open.RemoveFirst(timeline.Open.CountBefore(windowEnd));
        }
    }

    private void Gather(VirtualTime windowEnd)
    {
        _count = 0;
        for (int t = 0; t < _timelines.Length; t++)
        {
            ReadOnlySpan<MemoryRequest> open = _timelines[t].Open.All;
            for (int i = 0; i < open.Length && open[i].At < windowEnd; i++)
            {
                if (_count == _places.Length)
                {
                    Array.Resize(ref _places, _count * 2);
                    Array.Resize(ref _requests, _count * 2);
                }

                _places[_count++] = new Place(open[i].At, t, i);
            }
        }

        _places.AsSpan(0, _count).Sort();
        for (int i = 0; i < _count; i++)
        {
            _requests[i] = _timelines[_places[i].Timeline].Open.All[_places[i].Index];
        }
    }

    private ReadOnlySpan<VirtualDuration> Time(ReadOnlySpan<MemoryRequest> requests)
    {
        Invariant.Require(requests[0].At >= _told, "a request goes back in time");
        _told = requests[^1].At;
        if (requests.Length > _latencies.Length)
        {
            _latencies = new VirtualDuration[requests.Length * 2];
        }

        Span<VirtualDuration> latencies = _latencies.AsSpan(0, requests.Length);
        _model.Weave(requests, latencies);
        foreach (VirtualDuration latency in latencies)
        {
            Invariant.Require(latency >= _minLatency, "an answer comes before its least latency");
            Latencies.Add(latency.Picoseconds);
        }

        return latencies;
    }

    /// <summary>Where a request of the window is; a vCPU's are in the order of their sequence.
    /// </summary>
    private readonly record struct Place(VirtualTime At, int Timeline, int Index)
        : IComparable<Place>
    {
        public int CompareTo(Place other)
        {
            int byTime = At.CompareTo(other.At);
            int byVcpu = byTime != 0 ? byTime : Timeline.CompareTo(other.Timeline);
            return byVcpu != 0 ? byVcpu : Index.CompareTo(other.Index);
        }
    }
}
