namespace Dilaton.Cli;

/// <summary>Finds a worker that holds nodes and does not get on: the one that the coordinator waits
/// for, if nothing was heard of it for the time-out, or if its counters have stood for so long. A
/// worker that waits for a peer (which has a time-out of its own) or for the host's terminal may
/// stand, but is heard all the same.</summary>
/// <param name="mayStand">For each worker.</param>
internal sealed class HangWatch(double timeoutSeconds, IReadOnlyList<bool> mayStand)
{
    /// <summary>More at once is a pause of the front itself, and nobody's hang.</summary>
    private const double StepSecondsMax = 1;

    private readonly Dictionary<int, (ulong TimePs, ulong Instructions)> _progress = [];
    private AwaitedWorker? _awaited;
    private double _now;
    private double _silent;
    private double _standing;

    /// <summary>A worker told something of one of its nodes.</summary>
    public void Hear(int worker, int node, ulong timePs, ulong instructions)
    {
        if (_awaited?.Worker != worker)
        {
            return;
        }

        _silent = 0;
        if (!_progress.TryGetValue(node, out (ulong, ulong) known)
            || known != (timePs, instructions))
        {
            _progress[node] = (timePs, instructions);
            _standing = 0;
        }
    }

    /// <summary>Host time has gone on.</summary>
    /// <param name="seconds">Since any beginning.</param>
    /// <param name="awaited">Whom the coordinator waits for, and in which round.</param>
    /// <returns>The worker that hangs, or null.</returns>
    public int? Step(double seconds, AwaitedWorker? awaited)
    {
        double step = Math.Min(seconds - _now, StepSecondsMax);
        _now = seconds;
        if (awaited != _awaited)
        {
            _awaited = awaited;
            (_silent, _standing) = (0, 0);
            _progress.Clear();
            return null;
        }

        if (awaited is not { } waitedFor)
        {
            return null;
        }

        _silent += step;
        _standing += mayStand[waitedFor.Worker] ? 0 : step;
        return Math.Max(_silent, _standing) >= timeoutSeconds ? waitedFor.Worker : null;
    }
}
