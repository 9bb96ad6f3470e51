namespace Dilaton.Cli;

/// <summary>Finds workers that will not end by themselves. In a network that is one that the coordinator
/// waits for in vain; without a network each that has begun and is not heard, or does not get on; and any
/// that was asked to stop and has not within the time-out.</summary>
/// <param name="mayStand">For each worker.</param>
/// <param name="isNetwork">The job has one, and so a coordinator.</param>
internal sealed class HangWatches(double timeoutSeconds, IReadOnlyList<bool> mayStand, bool isNetwork)
{
    /// <summary>More at once is a pause of the front itself.</summary>
    private const double StepSecondsMax = 1;

    private readonly HangWatch[] _watches =
        [.. Enumerable.Range(0, isNetwork ? 1 : mayStand.Count).Select(_ => new HangWatch(timeoutSeconds, mayStand))];

    private readonly HashSet<int> _found = [];
    private double _now;
    private double _stopping;

    /// <summary>A worker told something of one of its nodes.</summary>
    public void Hear(int worker, int node, ulong timePs, ulong instructions) =>
        _watches[isNetwork ? 0 : worker].Hear(worker, node, timePs, instructions);

    /// <summary>Host time has gone on.</summary>
    /// <param name="seconds">Since any beginning.</param>
    /// <param name="awaited">Whom the coordinator waits for, and in which round.</param>
    /// <param name="runs">The worker has begun, has not ended and does not stand as it was told.</param>
    /// <param name="isOpen">The worker has not ended.</param>
    /// <param name="isStopping">All were asked to end.</param>
    /// <returns>A worker that hangs and was not returned before, or null.</returns>
    public int? Step(
        double seconds, AwaitedWorker? awaited, Func<int, bool> runs, Func<int, bool> isOpen, bool isStopping)
    {
        _stopping += isStopping ? Math.Min(seconds - _now, StepSecondsMax) : 0;
        _now = seconds;
        int? hung = null;
        for (int i = 0; i < _watches.Length; i++)
        {
            int? found = _watches[i].Step(
                seconds, isNetwork ? awaited : runs(i) ? new AwaitedWorker(i, 0) : null);
            hung ??= found is { } worker && !_found.Contains(worker) ? found : null;
        }

        for (int i = 0; hung is null && _stopping >= timeoutSeconds && i < mayStand.Count; i++)
        {
            hung = isOpen(i) && !_found.Contains(i) ? i : null;
        }

        if (hung is { } one)
        {
            _found.Add(one);
        }

        return hung;
    }
}
