using System.Text;
using Dilaton.Time;

namespace Dilaton.Tests.Simulation;

/// <summary>Worker and event-driven peer with feedback k intervals late, over integers: which vCPU
/// runs how far, when intervals end and how long memory takes are choices.</summary>
internal sealed class PipelineModel(string[] programs, Choices choices, int feedback)
{
    private const int StepsMax = 2000;
    private const ulong SleepTime = 3;
    private const ulong Never = ulong.MaxValue;

    private static readonly ulong[] s_latencies = [GrantLane.MinLatency, 5];

    private readonly PipelineWorker[] _lanes =
        [.. programs.Select((p, i) => new PipelineWorker(i, p))];

    private readonly PipelinePeer[] _peers = [.. programs.Select(_ => new PipelinePeer())];
    private readonly Queue<Sent> _underWay = new();
    private readonly List<(ulong At, PipelineWorker Lane)> _events = [];
    private ulong _now;
    private ulong _end;
    private ulong _known;
    private ulong _limit;
    private ulong _reached;
    private int _closes;
    private bool _hasMoved;

    public int UnderWayMax { get; private set; }

    private ulong NextEvent => _events.Count == 0 ? Never : _events.Min(e => e.At);

    private bool IsBusy => _underWay.Count > 0 || Array.Exists(_lanes, l => l.HasUnanswered);

    /// <summary>Runs to the end, or to a state that was seen before.</summary>
    public void Run(HashSet<string> seen)
    {
        for (int step = 0; !choices.IsNew || seen.Add(State()); step++)
        {
            GrantModel.Require(step < StepsMax, "it never ends");
            if (!Step())
            {
                Exchange(_lanes.Max(l => l.Now), Never);
                return;
            }
        }
    }

    private string State()
    {
        StringBuilder text = new();
        text.Append(_now).Append(' ').Append(_end).Append(' ').Append(_reached).Append(' ')
            .Append(_known).Append(' ').Append(_limit);
        text.AppendJoin('z', _events.Select(e => $"{e.At} {e.Lane.Id}"));
        text.AppendJoin('u', _underWay.Select(s => s.Text(_closes)));
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].AppendState(text.Append('|'));
            _peers[i].AppendState(text.Append('/'));
        }

        return text.ToString();
    }

    private bool Step()
    {
        PipelineWorker? lane = _lanes.Where(l => !l.IsIdle).OrderBy(l => l.Now)
            .ThenBy(l => l.IsHeld).ThenBy(l => l.Id).FirstOrDefault();
        ulong passed = Math.Min(lane?.Now ?? Never, NextEvent);
        if (passed == Never)
        {
            return false;
        }

        if (passed > _end && (lane is not null || IsBusy) && choices.Next(2) == 1)
        {
            Close(passed);
        }
        else if (lane is null || NextEvent <= lane.Now)
        {
            Fire();
        }
        else if (lane.Acts)
        {
            ActAt(lane);
        }
        else
        {
            lane.Run();
        }

        return true;
    }

    private void Fire()
    {
        (ulong at, PipelineWorker lane) = _events.MinBy(e => e.At);
        _events.Remove((at, lane));
        SetNow(at);
        Wake(lane);
    }

    private void ActAt(PipelineWorker lane)
    {
        ulong now = lane.Now;
        if (lane.Item == 'M')
        {
            bool wasHeld = lane.IsHeld;
            Exchange(now, NextEvent);
            lane.IsHeld = lane.Waits;
            GrantModel.Require(
                !wasHeld || !lane.IsHeld || lane.Now != now || _hasMoved, "nobody can move");
            if (lane.IsHeld || lane.Now != now)
            {
                return;
            }
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
            foreach (PipelineWorker other in _lanes.Where(l => l.IsIdle && !l.IsDone
                && !_events.Exists(e => e.Lane == l)))
            {
                Wake(other);
            }
        }
    }

    private void Wake(PipelineWorker lane)
    {
        lane.Position += _now > lane.Now ? _now - lane.Now : 0;
        lane.IsIdle = false;
    }

    private void SetNow(ulong time)
    {
        GrantModel.Require(time >= _now, "an act goes back in time");
        _now = time;
    }

    private void Close(ulong end)
    {
        _closes++;
        if (Array.Exists(_lanes, l => l.HasUnsent) || Array.Exists(_lanes, l => l.HasUnanswered))
        {
            Send(end, Math.Max(end, _limit));
        }

        _end = end;
        while (_underWay.TryPeek(out Sent? first) && first.Close + feedback <= _closes)
        {
            Receive();
        }
    }

    private void Exchange(ulong end, ulong limit)
    {
        _hasMoved = false;
        while (_underWay.Count > 0)
        {
            Receive();
        }

        if (Array.Exists(_lanes, l => l.HasUnsent || l.Waits)
            || (Array.Exists(_lanes, l => l.HasUnanswered) && end > _end))
        {
            Send(end, Math.Max(end, limit));
            Receive();
        }

        _end = Math.Max(_end, end);
    }

    private void Send(ulong end, ulong limit)
    {
        _underWay.Enqueue(new Sent(
            end, limit, _closes,
            [.. _lanes.Select(l => (l.Position, l.IsIdle, l.Send()))]));
        _limit = Math.Max(_limit, limit);
        UnderWayMax = Math.Max(UnderWayMax, _underWay.Count);
    }

    private void Receive()
    {
        Sent sent = _underWay.Dequeue();
        for (int i = 0; i < _peers.Length; i++)
        {
            (ulong position, bool isIdle, (IssueEngine? state, GrantRecord[] records)) =
                sent.Lanes[i];
            _peers[i].Begin(position, isIdle, state, records);
        }

        while (TryEvent(sent.End, sent.Limit))
        {
            _hasMoved = true;
        }

        GrantModel.Require(_reached >= sent.End, "the peer stands before the end");
        _hasMoved |= _reached > _known;
        _known = _reached;
        _limit = _underWay.Count == 0 ? _reached : _limit;
        for (int i = 0; i < _lanes.Length; i++)
        {
            _lanes[i].Take(_peers[i].Report(), _reached);
            _lanes[i].IsHeld &= _lanes[i].Waits;
        }
    }

    private bool TryEvent(ulong end, ulong limit)
    {
        foreach (PipelinePeer peer in _peers)
        {
            peer.Issue(_reached);
        }

        ulong safe = Math.Max(end, _peers.Select(p => p.Floor ?? Never).Append(limit).Min());
        ulong bound = Array.Exists(_peers, p => p.WaitsSinceBefore(end)) ? safe : end;
        PipelinePeer at = _peers.MinBy(p => p.Next?.Next ?? Never)!;
        if (at.Next is not { } next || next.Next >= bound)
        {
            _reached = Math.Max(_reached, bound);
            return false;
        }

        GrantModel.Require(next.Next >= _reached, "the peer's time goes back");
        _reached = next.Next;
        if (next.Done is not null)
        {
            at.Answer(next);
        }
        else
        {
            next.Done = next.At + s_latencies[choices.Next(s_latencies.Length)];
        }

        return true;
    }

    /// <summary>An interval under way.</summary>
    private sealed record Sent(
        ulong End,
        ulong Limit,
        int Close,
        (ulong Position, bool IsIdle, (IssueEngine? State, GrantRecord[] Records) New)[] Lanes)
    {
        public string Text(int closes) =>
            $"{End} {Limit} {closes - Close} " + string.Join(
                ' ', Lanes.Select(l => $"{l.Position}{l.IsIdle}{l.New.State?.StallUnits} "
                    + string.Join(',', l.New.Records.Select(r => r.Position))));
    }
}
