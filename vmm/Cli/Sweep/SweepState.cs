namespace Dilaton.Cli;

/// <summary>What is known of the points of a sweep, and which is next.</summary>
internal sealed class SweepState
{
    private const string Planned = "planned";
    private const string Running = "running";
    public const string NotNeeded = "not-needed";

    private readonly SweepPlan _plan;
    private readonly PointResult?[] _results;
    private readonly string[] _statuses;

    // In this process's time.
    private readonly bool[] _hasEnded;

    // Of each series the first point, and the first that was not started.
    private readonly int[] _first;
    private readonly int[] _next;

    // Series that may have points to start, in order.
    private readonly LinkedList<int> _open = new();

    public SweepState(SweepPlan plan, Func<SweepPoint, PointResult?> read)
    {
        _plan = plan;
        _results = [.. plan.Points.Select(read)];
        _statuses = [.. _results.Select(r => r is null or { Status: PointResult.Damaged } ? Planned : r.Status)];
        _hasEnded = new bool[plan.Points.Count];
        _first = new int[plan.SeriesCount + 1];
        foreach (SweepPoint point in plan.Points)
        {
            _first[point.Series + 1]++;
        }

        for (int i = 0; i < plan.SeriesCount; i++)
        {
            _first[i + 1] += _first[i];
            _open.AddLast(i);
        }

        _next = [.. _first];
        IndexOf = plan.Points.Select((point, i) => (point.Id, i)).ToDictionary(p => p.Id, p => p.i);
    }

    public IReadOnlyDictionary<string, int> IndexOf { get; }

    public IReadOnlyList<PointResult?> Results => _results;

    /// <summary>One per point, for points.csv.</summary>
    public IReadOnlyList<string> Statuses
    {
        get
        {
            string[] statuses = [.. _statuses];
            for (int i = 0; i < statuses.Length; i++)
            {
                statuses[i] = !IsPart(i) ? NotNeeded : statuses[i] == Running ? Planned : statuses[i];
            }

            return statuses;
        }
    }

    /// <summary>Points that ended badly in this process's time.</summary>
    public int Failed { get; private set; }

    /// <summary>Points that are to be run, as far as is known.</summary>
    public IReadOnlyList<SweepPoint> Missing =>
        [.. _plan.Points.Where((_, i) => _results[i] is not { IsDone: true } && IsPart(i))];

    /// <summary>The next point to start, or null: there is none, or not yet.</summary>
    public SweepPoint? TakeNext()
    {
        for (LinkedListNode<int>? node = _open.First; node is not null;)
        {
            int series = node.Value;
            SkipDone(series);
            LinkedListNode<int>? after = node.Next;
            int count = Count(series, out bool isDecided);
            int repeat = _next[series] - _first[series];
            if (isDecided && repeat >= count)
            {
                _open.Remove(node);
            }
            else if (isDecided || repeat < _plan.Stop!.Least || Known(series).Count >= repeat)
            {
                int index = _next[series]++;
                _statuses[index] = Running;
                return _plan.Points[index];
            }

            node = after;
        }

        return null;
    }

    /// <summary>A point has ended.</summary>
    public void Take(int index, PointResult result)
    {
        _results[index] = result;
        _statuses[index] = result.Status;
        _hasEnded[index] = true;
        Failed += result.IsDone ? 0 : 1;
    }

    /// <summary>Repeats of the series that belong to it.</summary>
    public IReadOnlyList<int> Part(int series)
    {
        int count = Math.Min(Count(series, out _), _first[series + 1] - _first[series]);
        return [.. Enumerable.Range(_first[series], count)];
    }

    private bool IsPart(int index)
    {
        SweepPoint point = _plan.Points[index];
        return _plan.Stop is null || point.Repeat < Count(point.Series, out _);
    }

    private void SkipDone(int series)
    {
        while (_next[series] < _first[series + 1] && _results[_next[series]] is { IsDone: true })
        {
            _next[series]++;
        }
    }

    private int Count(int series, out bool isDecided) =>
        SeriesStop.Count(_plan.Stop, _plan.Repeats, _plan.Stop is null ? [] : Known(series), out isDecided);

    /// <summary>The metric of the repeats that have ended, up to the first that has not.</summary>
    private List<double?> Known(int series)
    {
        List<double?> values = [];
        for (int i = _first[series]; i < _first[series + 1]; i++)
        {
            if (_results[i] is not { IsDone: true } && !_hasEnded[i])
            {
                break;
            }

            values.Add(_results[i]!.Metric(_plan.Stop!.Metric));
        }

        return values;
    }
}
