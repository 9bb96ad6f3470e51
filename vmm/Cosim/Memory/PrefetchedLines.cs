using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>When the lines that a vCPU's hardware prefetchers asked for are there. One that is never
/// used is forgotten once it is surely there.</summary>
internal sealed class PrefetchedLines
{
    private const int CountLeast = 1024;

    private readonly Dictionary<ulong, VirtualTime> _doneAt = [];
    private readonly List<ulong> _stale = [];
    private int _countMax = CountLeast;

    /// <summary>Uses that had to wait.</summary>
    public ulong LateCount { get; private set; }

    public UInt128 LateCycles { get; private set; }

    /// <summary>It is on its way and its answer not known.</summary>
    public bool IsOpen(ulong line) =>
        _doneAt.TryGetValue(line, out VirtualTime at) && at == VirtualTime.MaxValue;

    /// <summary>When it arrives, as far as is known; zero if it was there.</summary>
    public VirtualTime DoneAt(ulong line) => _doneAt.GetValueOrDefault(line);

    public void Send(ulong line) => _doneAt[line] = VirtualTime.MaxValue;

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
