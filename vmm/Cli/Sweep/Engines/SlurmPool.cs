using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>Runs points as tasks of Slurm's array jobs.
/// <code>
/// Submit* ──> Poll: sweep.sbatch of those, sbatch ──> { squeue ──> result.json }*
/// </code>
/// A task that is gone from the queue without having left a point's result.json has lost it.
/// </summary>
internal sealed class SlurmPool : IExecutor
{
    private const int LogLines = 12;

    /// <summary>Looks at the queue until a result that is not there counts as lost: another host's
    /// files may come a little late.</summary>
    private const int MissedMax = 3;

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>Controllers are restarted now and then.</summary>
    private static readonly TimeSpan s_silenceMax = TimeSpan.FromMinutes(10);

    /// <summary>Slurm's KillWait, after which a cancelled task is gone, and as much again.</summary>
    private static readonly TimeSpan s_cancelMax = TimeSpan.FromSeconds(60);

    private readonly SweepFolder _folder;
    private readonly SlurmScript _script;
    private readonly SlurmQueue _queue;
    private readonly List<SweepPoint> _next = [];
    private readonly List<SlurmTask> _tasks = [];
    private readonly SortedSet<long> _jobs = [];
    private long _lookedAt;
    private long _answeredAt = Stopwatch.GetTimestamp();
    private bool _isHeld;

    public SlurmPool(SweepFolder folder, SlurmScript script)
    {
        _folder = folder;
        _script = script;
        _queue = new SlurmQueue(folder, script.JobName);
    }

    /// <summary>Slurm has a queue.</summary>
    public bool HasRoom => !_isHeld;

    public IReadOnlyList<SweepPoint> Running => [.. _tasks.SelectMany(task => task.Left), .. _next];

    public void Plan(SweepFolder folder, IReadOnlyList<SweepPoint> missing)
    {
        Directory.CreateDirectory(folder.PathOf(SlurmScript.OutputFolder));
        folder.Write(SlurmScript.SweepName, _script.Sweep(missing));
        folder.Write(SlurmScript.GatherName, _script.Gather());
    }

    /// <summary>Goes to Slurm with others, at the next <see cref="Poll"/>.</summary>
    public void Submit(SweepPoint point) => _next.Add(point);

    /// <exception cref="EngineException">Slurm refused, or has not answered for long.</exception>
    public IReadOnlyList<PointEnd> Poll(TimeSpan patience)
    {
        Send();
        if (_lookedAt != 0 && Stopwatch.GetElapsedTime(_lookedAt) < s_betweenLooks)
        {
            Thread.Sleep(patience);
            return [];
        }

        if (_queue.Look() is not { } active)
        {
            _lookedAt = Stopwatch.GetTimestamp();
            return Stopwatch.GetElapsedTime(_answeredAt) < s_silenceMax
                ? []
                : throw new EngineException(
                    $"squeue has failed for {s_silenceMax.TotalMinutes} minutes; the jobs may go on");
        }

        _lookedAt = _answeredAt = Stopwatch.GetTimestamp();
        List<PointEnd> ends = [];
        foreach (SlurmTask task in _tasks)
        {
            Look(task, active.GetValueOrDefault((task.Job, task.Index)), ends);
        }

        _tasks.RemoveAll(task => task.Left.Count == 0);
        return ends;
    }

    /// <summary>What waits in Slurm's queue does not begin.</summary>
    public void Hold()
    {
        if (_isHeld)
        {
            return;
        }

        _isHeld = true;
        _next.Clear();
        _queue.Cancel(_jobs, waitingOnly: true);
    }

    public void Cancel()
    {
        _next.Clear();
        if (_tasks.Count > 0)
        {
            _tasks.Clear();
            CancelAll(_queue, _jobs);
        }
    }

    /// <summary>Leaves what was submitted to Slurm, and has the results gathered after it.</summary>
    /// <returns>The array's number, and that of the job that gathers.</returns>
    /// <exception cref="EngineException">Slurm refused.</exception>
    public (long Sweep, long Gather) Leave()
    {
        Send();
        long gather = _queue.Submit(SlurmScript.GatherName, _jobs);
        _tasks.Clear();
        return (_jobs.Max, gather);
    }

    public void Dispose() => Cancel();

    /// <summary>Ends jobs and waits until they are gone, for a while.</summary>
    public static void CancelAll(SlurmQueue queue, IReadOnlyCollection<long> jobs)
    {
        queue.Cancel(jobs, waitingOnly: false);
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < s_cancelMax
            && queue.Look() is not { Count: 0 })
        {
            Thread.Sleep(200);
        }
    }

    private void Send()
    {
        if (_next.Count == 0)
        {
            return;
        }

        _folder.Write(SlurmScript.SweepName, _script.Sweep(_next));
        long job = _queue.Submit(SlurmScript.SweepName, []);
        _jobs.Add(job);
        int each = _script.PointsPerTask(_next.Count);
        for (int i = 0; i * each < _next.Count; i++)
        {
            _tasks.Add(new SlurmTask(job, i, [.. _next.Skip(i * each).Take(each)]));
        }

        _next.Clear();
    }

    /// <param name="state">Slurm's word; null: it is not in the queue.</param>
    private void Look(SlurmTask task, string? state, List<PointEnd> ends)
    {
        if (state is "PENDING")
        {
            return;
        }

        task.HasBegun |= state is not null;
        foreach (SweepPoint point in task.Left.ToArray())
        {
            if (File.Exists(Path.Combine(_folder.RunFolder(point.Id), "result.json")))
            {
                task.Left.Remove(point);
                ends.Add(new PointEnd(point, ""));
            }
        }

        task.Missed = state is null ? task.Missed + 1 : 0;
        if (task.Missed >= MissedMax && task.Left.Count > 0)
        {
            // Slurm tells of cancelled tasks that had not begun as one.
            string? known = _queue.Ends(task.Job).GetValueOrDefault(task.Index);
            string how = known ?? "nothing is known of it";
            bool wasNotBegun = _isHeld && !task.HasBegun
                && (known is null || known.StartsWith("CANCELLED", StringComparison.Ordinal));
            ends.AddRange(task.Left.Where(_ => !wasNotBegun).Select(point => new PointEnd(
                point,
                $"Slurm's task {task.Job}_{task.Index}: {how}{LogTail.Of(_folder, point, LogLines)}")));
            task.Left.Clear();
        }
    }
}
