using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>Runs points as tasks of Slurm's array jobs.
/// <code>
/// Submit* ──> Poll: sweep.sbatch of those, sbatch ──> { squeue ──> result.json }*
/// </code>
/// A task that is gone from the queue without having left a point's result.json has lost it. A point
/// that a signal broke off ends with its task, which Slurm may as well have put into its queue again.
/// </summary>
internal sealed class SlurmPool : IExecutor
{
    private const int LogLines = 12;
    private const string NotKnown = "nothing is known of it";

    /// <summary>Looks at the queue until a result that is not there counts as lost: another host's
    /// files may come a little late.</summary>
    private const int MissedMax = 3;

    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    /// <summary>After which it is told that Slurm is silent.</summary>
    private static readonly TimeSpan s_silenceTold = TimeSpan.FromSeconds(10);

    /// <summary>Controllers are restarted now and then.</summary>
    private static readonly TimeSpan s_silenceMax = TimeSpan.FromMinutes(10);

    /// <summary>Slurm's KillWait, after which a cancelled task is gone, and as much again.</summary>
    private static readonly TimeSpan s_cancelMax = TimeSpan.FromSeconds(60);

    /// <summary>The same if Slurm says nothing at all.</summary>
    private static readonly TimeSpan s_silentCancelMax = TimeSpan.FromSeconds(20);

    private readonly SweepFolder _folder;
    private readonly SlurmScript _script;
    private readonly SlurmQueue _queue;
    private readonly List<SweepPoint> _next = [];
    private readonly List<SlurmTask> _tasks = [];
    private readonly SortedSet<long> _jobs = [];

    // Of one look, in which many tasks may be gone.
    private readonly Dictionary<long, IReadOnlyDictionary<int, string>> _ends = [];
    private long _lookedAt;
    private long _answeredAt = Stopwatch.GetTimestamp();
    private bool _isHeld;
    private bool _isSilent;

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
            Bear();
            return [];
        }

        _lookedAt = _answeredAt = Stopwatch.GetTimestamp();
        if (_isSilent)
        {
            _isSilent = false;
            Console.Error.WriteLine("dilaton: Slurm answers again");
        }

        List<PointEnd> ends = [];
        _ends.Clear();
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
    /// <returns>False: they may go on, which was said.</returns>
    public static bool CancelAll(SlurmQueue queue, IReadOnlyCollection<long> jobs)
    {
        queue.Cancel(jobs, waitingOnly: false);
        long begin = Stopwatch.GetTimestamp();
        while (queue.Look() is not { Count: 0 })
        {
            bool isSilent = queue.Trouble.Length > 0;
            if (Stopwatch.GetElapsedTime(begin) >= (isSilent ? s_silentCancelMax : s_cancelMax))
            {
                DiagnosticBag bag = new();
                bag.Error(
                    DiagnosticCode.SweepEngine,
                    $"Slurm's {SlurmQueue.Words(jobs)} may go on: "
                        + (isSilent ? queue.Trouble : "they do not end"),
                    $"later: {SlurmQueue.CancelWords(jobs)}");
                Console.Error.Write(bag.Print());
                return false;
            }

            Thread.Sleep(200);
        }

        return true;
    }

    /// <summary>Slurm has not answered: says so, and gives up in the end.</summary>
    private void Bear()
    {
        TimeSpan silence = Stopwatch.GetElapsedTime(_answeredAt);
        if (silence >= s_silenceMax)
        {
            // What runs may end well: it is not ours to end.
            _tasks.Clear();
            throw new EngineException(
                $"Slurm has been silent for {s_silenceMax.TotalMinutes} minutes ({_queue.Trouble}); "
                    + $"its {SlurmQueue.Words(_jobs)} may go on, until --resume waits for them, or "
                    + SlurmQueue.CancelWords(_jobs));
        }

        if (!_isSilent && silence >= s_silenceTold)
        {
            _isSilent = true;
            DiagnosticBag bag = new();
            bag.Warning(
                DiagnosticCode.SweepEngine,
                $"Slurm does not answer, and is asked again for {s_silenceMax.TotalMinutes} minutes: {_queue.Trouble}");
            Console.Error.Write(bag.Print());
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
            if (!File.Exists(Path.Combine(_folder.RunFolder(point.Id), "result.json")))
            {
                continue;
            }

            bool isCut = IsCutOff(point);
            if (!isCut || state is null)
            {
                task.Left.Remove(point);
                ends.Add(new PointEnd(point, isCut ? End(task) : ""));
            }
        }

        task.Missed = state is null ? task.Missed + 1 : 0;
        if (task.Missed >= MissedMax && task.Left.Count > 0)
        {
            // Slurm tells of cancelled tasks that had not begun as one.
            string how = End(task);
            bool wasNotBegun = _isHeld && !task.HasBegun
                && (how.EndsWith(NotKnown, StringComparison.Ordinal)
                    || how.Contains(": CANCELLED", StringComparison.Ordinal));
            ends.AddRange(task.Left.Where(_ => !wasNotBegun).Select(point =>
                new PointEnd(point, how + LogTail.Of(_folder, point, LogLines))));
            task.Left.Clear();
        }
    }

    /// <summary>Of a task that is gone, in Slurm's words.</summary>
    private string End(SlurmTask task)
    {
        if (!_ends.TryGetValue(task.Job, out IReadOnlyDictionary<int, string>? ends))
        {
            ends = _queue.Ends(task.Job);
            _ends.Add(task.Job, ends);
        }

        return $"Slurm's task {task.Job}_{task.Index}: {ends.GetValueOrDefault(task.Index) ?? NotKnown}";
    }

    /// <summary>A signal has ended its run.</summary>
    private bool IsCutOff(SweepPoint point) =>
        PointResult.Read(_folder.RunFolder(point.Id), []) is { IsCutOff: true };
}
