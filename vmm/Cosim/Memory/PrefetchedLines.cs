using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>When the lines that a vCPU's hardware prefetchers asked for are there. One that is never
/// used is forgotten once it is surely there.</summary>
internal sealed class PrefetchedLines
{
    private const int CountLeast = 1024;

    private readonly Dictionary<ulong, VirtualTime> _doneAt = [];
    private readonly Dictionary<ulong, VirtualTime> _openSince = [];
    private readonly List<ulong> _stale = [];
    private int _countMax = CountLeast;

    /// <summary>Uses that had to wait.</summary>
    public ulong LateCount { get; private set; }

    public UInt128 LateCycles { get; private set; }

    /// <summary>It is on its way and its answer not known.</summary>
    public bool IsOpen(ulong line) => _openSince.ContainsKey(line);

    /// <summary>When it arrives, as far as is known; zero if it was there.</summary>
    public VirtualTime DoneAt(ulong line) => _doneAt.GetValueOrDefault(line);

    /// <summary>When the prefetch of an open line passes the cut.</summary>
    public VirtualTime SentAt(ulong line) => _openSince[line];

    /// <param name="at">When it passes the cut.</param>
    public void Send(ulong line, VirtualTime at)
    {
        _doneAt.Remove(line);
        _openSince[line] = at;
    }

    /// <summary>A prefetch that was sent is answered. If the line went and was asked for again meanwhile, it is
    /// the later answer that brings it.</summary>
    public void Answer(ulong line, VirtualTime sentAt, VirtualTime at)
    {
        if (_openSince.TryGetValue(line, out VirtualTime last) && last == sentAt)
        {
            _openSince.Remove(line);
            Arrive(line, at, sentAt);
        }
    }

    /// <param name="now">No use comes before it.</param>
    public void Arrive(ulong line, VirtualTime at, VirtualTime now)
    {
        _doneAt[line] = at;
        if (_doneAt.Count > _countMax)
        {
            Forget(now);
        }
    }

    /// <summary>The line's first use.</summary>
    /// <param name="cycles">What it takes if the line is there.</param>
    /// <returns>What it takes.</returns>
    public ulong Use(ulong line, VirtualTime at, ulong cycles, Frequency clock)
    {
        if (!_doneAt.Remove(line, out VirtualTime done) || done <= at)
        {
            return cycles;
        }

        ulong wait = clock.CyclesCovering(done - at);
        if (wait > cycles)
        {
            LateCount++;
            LateCycles += wait - cycles;
        }

        return Math.Max(wait, cycles);
    }

    public void ResetStatistics() => (LateCount, LateCycles) = (0, 0);

    private void Forget(VirtualTime now)
    {
        foreach ((ulong line, VirtualTime at) in _doneAt)
        {
            if (at <= now)
            {
                _stale.Add(line);
            }
        }

        foreach (ulong line in _stale)
        {
            _doneAt.Remove(line);
        }

        _stale.Clear();
        _countMax = Math.Max(CountLeast, _doneAt.Count * 2);
    }
}
