using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>Which of a machine's vCPUs may be in the guest. Where there are processors for all, and all are as fast,
/// all are. Else they take turns of a slice, once all have come: the next is the one that has had least for its speed,
/// ties by number, so that what a slice took too long is paid back, and none that is a slice ahead of another one. A
/// vCPU that halts keeps its turn: how fast another one seems does not depend on it.
/// <code>
///   Enter ──► waits ──► inside ── its slice is over ──► Enter
///               └───────────┴── Recall ──► Leave ──► GoOn ──► Enter
/// </code></summary>
internal sealed class VcpuTurns : IStatisticsSource, IDisposable
{
    /// <summary>Of host time.</summary>
    public const long SliceNanoseconds = 500_000;

    private const ulong NanosecondsPerSecond = 1_000_000_000;

    private readonly int _places;
    private readonly Ratio[] _speeds;
    private readonly AutoResetEvent[] _calls;

    // Guards all below.
    private readonly object _sync = new();
    private readonly bool[] _waits;
    private readonly bool[] _isInside;
    private readonly long[] _had;
    private int _inside;
    private int _arrived;
    private bool _isRecalled;
    private bool _isOver;
    private ulong _slices;
    private ulong _late;
    private ulong _latest;
    private long _skew;

    /// <param name="places">How many may be inside at once.</param>
    /// <param name="speeds">Each vCPU's, of the fastest one's; none: all are as fast.</param>
    public VcpuTurns(int count, int places, IReadOnlyList<Ratio>? speeds = null)
    {
        Invariant.Require(speeds is null or { Count: 0 } || speeds.Count == count);
        _places = places;
        _speeds = speeds is { Count: > 0 } ? [.. speeds] : [.. Enumerable.Repeat(Ratio.One, count)];
        TakesTurns = places < count || _speeds.Any(speed => !speed.Equals(Ratio.One));
        _calls = [.. Enumerable.Range(0, count).Select(_ => new AutoResetEvent(false))];
        _waits = new bool[count];
        _isInside = new bool[count];
        _had = new long[count];
    }

    public bool TakesTurns { get; }

    /// <summary>Takes the vCPU out, if it is inside, and waits until it may be there again.</summary>
    /// <param name="nanoseconds">For how long it was inside.</param>
    /// <returns>For how many host nanoseconds it may; MaxValue: as long as it likes; 0: all are recalled.</returns>
    public long Enter(int vcpu, long nanoseconds)
    {
        if (!TakesTurns)
        {
            return long.MaxValue;
        }

        lock (_sync)
        {
            TakeOut(vcpu, nanoseconds);
            if (_isRecalled)
            {
                return 0;
            }

            _arrived++;
            _waits[vcpu] = true;
            Admit();
        }

        _calls[vcpu].WaitOne();
        lock (_sync)
        {
            return _isInside[vcpu] ? SliceNanoseconds : 0;
        }
    }

    /// <summary>Takes the vCPU out, if it is inside.</summary>
    public void Leave(int vcpu, long nanoseconds)
    {
        lock (_sync)
        {
            TakeOut(vcpu, nanoseconds);
        }
    }

    /// <summary>Nobody waits any more, nor comes in.</summary>
    public void Recall() => Recall(isForGood: false);

    /// <summary>As <see cref="Recall()"/>, whatever comes.</summary>
    public void End() => Recall(isForGood: true);

    /// <summary>After all have left.</summary>
    public void GoOn()
    {
        lock (_sync)
        {
            _isRecalled = _isOver;
        }
    }

    /// <inheritdoc/>
    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        if (!TakesTurns)
        {
            return;
        }

        lock (_sync)
        {
            list.Count(
                "slices", _slices, "Count",
                "turns of vCPUs, which are more than the host's processors, or not alike");
            list.Quotient(
                "overshoot", _late, (UInt128)_slices * NanosecondsPerSecond, "Second",
                "mean host time by which a turn was longer than its slice");
            list.Quotient("overshootMax", _latest, NanosecondsPerSecond, "Second", "the most of that");
            list.Quotient(
                "skewMax", (ulong)_skew, NanosecondsPerSecond, "Second",
                "the most host time that one vCPU had had more than another, each for its speed");
            UInt128 all = 0;
            foreach (long had in _had)
            {
                all += (ulong)had;
            }

            for (int i = 0; i < _had.Length; i++)
            {
                list.Quotient(
                    $"share{i}", (ulong)_had[i], all, "Ratio", $"part of all turns' host time that vCPU {i} had");
            }
        }
    }

    /// <summary>But not what each has had: whose turn it is stays as it is.</summary>
    public void ResetStatistics()
    {
        lock (_sync)
        {
            _slices = _late = _latest = 0;
            _skew = 0;
        }
    }

    public void Dispose()
    {
        foreach (AutoResetEvent call in _calls)
        {
            call.Dispose();
        }
    }

    private void Recall(bool isForGood)
    {
        lock (_sync)
        {
            _isOver |= isForGood;
            _isRecalled = true;
            for (int i = 0; i < _waits.Length; i++)
            {
                if (_waits[i])
                {
                    _waits[i] = false;
                    _arrived--;
                    _calls[i].Set();
                }
            }
        }
    }

    private void TakeOut(int vcpu, long nanoseconds)
    {
        if (_isInside[vcpu])
        {
            _isInside[vcpu] = false;
            _inside--;
            _arrived--;
            Account(vcpu, nanoseconds);
        }
    }

    private void Account(int vcpu, long nanoseconds)
    {
        _had[vcpu] += nanoseconds;
        _slices++;
        ulong late = (ulong)Math.Max(0, nanoseconds - SliceNanoseconds);
        _late += late;
        _latest = Math.Max(_latest, late);
        long most = long.MinValue;
        long least = long.MaxValue;
        for (int i = 0; i < _had.Length; i++)
        {
            most = Math.Max(most, ForItsSpeed(i));
            least = Math.Min(least, ForItsSpeed(i));
        }

        _skew = Math.Max(_skew, most - least);
    }

    private void Admit()
    {
        while (_arrived == _waits.Length && _inside < _places && Least() is var next and >= 0)
        {
            _waits[next] = false;
            _isInside[next] = true;
            _inside++;
            _calls[next].Set();
        }
    }

    /// <returns>-1: nobody who waits may come in.</returns>
    private int Least()
    {
        int next = -1;
        long least = long.MaxValue;
        for (int i = 0; i < _waits.Length; i++)
        {
            least = Math.Min(least, ForItsSpeed(i));
            if (_waits[i] && (next < 0 || ForItsSpeed(i) < ForItsSpeed(next)))
            {
                next = i;
            }
        }

        return next >= 0 && ForItsSpeed(next) <= least + SliceNanoseconds ? next : -1;
    }

    /// <summary>What a vCPU has had, as if it were as fast as the fastest.</summary>
    private long ForItsSpeed(int vcpu) =>
        (long)((UInt128)(ulong)_had[vcpu] * _speeds[vcpu].Denominator / _speeds[vcpu].Numerator);
}
