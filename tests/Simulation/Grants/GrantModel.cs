using System.Text;

namespace Dilaton.Tests.Simulation;

/// <summary>Worker and event-driven peer of docs/protocol.md, section 4, over integers: which vCPU
/// runs how far, when an interval is closed and how long memory takes are choices.</summary>
/// <param name="remembers">States differ also by what memory took.</param>
internal sealed class GrantModel(string[] programs, Choices choices, bool remembers)
{
    private const int StepsMax = 2000;
    private const ulong SleepTime = 3;
    private const ulong Never = ulong.MaxValue;

    private static readonly ulong[] s_latencies = [GrantLane.MinLatency, 5];

    private readonly GrantLane[] _lanes = [.. programs.Select((p, i) => new GrantLane(i, p))];
    private readonly List<(ulong At, GrantLane Lane)> _events = [];
    private ulong _now;
    private ulong _end;
    private ulong _reached;
    private bool _hasMoved;

    /// <summary>Latencies in the order of the requests, and the times at the end.</summary>
    public List<ulong> Latencies { get; } = [];

    public int Held { get; private set; }

    private ulong NextEvent => _events.Count == 0 ? Never : _events.Min(e => e.At);

    public static void Require(bool claim, string text)
    {
        if (!claim)
        {
            throw new GrantRuleException(text);
        }
    }

    /// <summary>Runs to the end, or to a state that was seen before. Each step gets something on,
    /// so none leads back to itself.</summary>
    /// <param name="seen">States from which all is explored.</param>
    /// <returns>The vCPUs' times at the end; null if it did not come to it.</returns>
    public string? Run(HashSet<string> seen)
    {
        for (int step = 0; !choices.IsNew || seen.Add(State()); step++)
        {
            Require(step < StepsMax, "it never ends");
            if (!Step())
            {
                return string.Join(' ', _lanes.Select(l => l.Now));
            }
        }

        return null;
    }

    private string State()
    {
        StringBuilder text = new();
        text.Append(_now).Append(' ').Append(_end).Append(' ').Append(_reached);
        foreach ((ulong at, GrantLane lane) in _events)
        {
            text.Append(' ').Append(at).Append('z').Append(lane.Id);
        }

        foreach (GrantLane lane in _lanes)
        {
            lane.AppendState(text.Append('|'));
        }

        return remembers ? text.AppendJoin(' ', Latencies).ToString() : text.ToString();
    }

    private bool Step()
    {
        GrantLane? lane = Least();
        if (lane is null)
        {
            return _events.Count > 0 && Fire();
        }

        if (NextEvent <= lane.Now)
        {
            return Fire();
        }

        if (lane.Now > _end && choices.Next(2) == 1)
        {
            Exchange(lane.Now);
            _end = Math.Max(_end, lane.Now);
            return true;
        }

        if (lane.Acts)
        {
            ActAt(lane);
            return true;
        }

        do
        {
            lane.Run();
        }
        while (!lane.Acts && lane.Now < NextEvent && choices.Next(2) == 1);
        return true;
    }

    private GrantLane? Least() => _lanes.Where(l => !l.IsIdle)
        .OrderBy(l => l.Now).ThenBy(l => l.IsHeld).ThenBy(l => l.Id).FirstOrDefault();

    private bool Fire()
    {
        (ulong at, GrantLane lane) = _events.MinBy(e => e.At);
        _events.Remove((at, lane));
        SetNow(at);
        Wake(lane);
        return true;
    }

    private void ActAt(GrantLane lane)
    {
        ulong now = lane.Now;
        bool wasHeld = lane.IsHeld;
        Exchange(now);
        lane.IsHeld = lane.Waits;
        Require(!wasHeld || !lane.IsHeld || _hasMoved, "nobody can move");
        Held += lane.IsHeld ? 1 : 0;
        if (lane.IsHeld || lane.Now != now)
        {
            return;
        }

        SetNow(now);
        char item = lane.Item;
        lane.Pass();
        lane.IsIdle = item is 'I' or 'Z' or 'E';
        if (item == 'Z')
        {
            _events.Add((now + SleepTime, lane));
        }
        else if (item == 'K')
        {
            foreach (GrantLane other in _lanes.Where(l => l.IsIdle && !l.IsDone
                && !_events.Exists(e => e.Lane == l)))
            {
                Wake(other);
            }
        }
    }

    private void Wake(GrantLane lane)
    {
        lane.Position += _now > lane.Now ? _now - lane.Now : 0;
        lane.IsIdle = false;
    }

    private void SetNow(ulong time)
    {
        Require(time >= _now, "an act goes back in time");
        _now = time;
    }

    // The peer: sections 4.1 to 4.3.
    private void Exchange(ulong end)
    {
        _hasMoved = false;
        if (!Array.Exists(_lanes, l => l.HasUnsent || l.Waits)
            && (!Array.Exists(_lanes, l => l.HasUnanswered) || end <= _end))
        {
            return;
        }

        ulong before = _reached;
        int open = _lanes.Sum(l => l.Open.Count), answered = 0;
        foreach (GrantLane lane in _lanes)
        {
            lane.Send();
        }

        while (TryEvent(end, Math.Max(end, NextEvent)))
        {
            answered++;
        }

        Require(_reached >= before && _reached >= end, "the peer stands before the end");
        _hasMoved = _reached > before || answered > 0 || _lanes.Sum(l => l.Open.Count) != open;
        foreach (GrantLane lane in _lanes)
        {
            lane.Take(_reached);
            lane.IsHeld &= lane.Waits;
        }
    }

    private bool TryEvent(ulong end, ulong limit)
    {
        foreach (GrantLane lane in _lanes)
        {
            int known = lane.Open.Count;
            lane.Issue();
            Require(
                lane.Open.Skip(known).All(o => o.At >= _reached),
                "a record appears where the peer has been");
        }

        ulong safe = _lanes.Select(l => l.Floor ?? Never).Append(limit).Min();
        Require(safe >= end, "the worker asks for more than is safe");
        ulong bound = Array.Exists(_lanes, l => l.WaitsSinceBefore(end)) ? safe : end;
        (GrantLane? at, GrantRecord? next) = _lanes
            .SelectMany(l => l.Open.Select(o => (Lane: l, Request: o)))
            .OrderBy(o => o.Request.Next).ThenBy(o => o.Lane.Id).FirstOrDefault();
        if (next is null || next.Next >= bound)
        {
            _reached = Math.Max(_reached, bound);
            return false;
        }

        Require(next.Next >= _reached, "the peer's time goes back");
        _reached = next.Next;
        if (next.Done is not null)
        {
            at!.Answer(next);
            return true;
        }

        ulong latency = s_latencies[choices.Next(s_latencies.Length)];
        Latencies.Add(latency);
        next.Done = next.At + latency;
        return true;
    }
}
