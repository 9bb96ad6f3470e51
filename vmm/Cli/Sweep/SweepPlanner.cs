namespace Dilaton.Cli;

/// <summary>Lays out the points of a sweep. Every point's job is made and checked, so that a
/// mistake in the last one is told before the first one runs.</summary>
internal sealed class SweepPlanner
{
    private const int CombinationsMax = 1_000_000;
    private const int PointsMax = 100_000;

    /// <summary>Wrong points after which no more are looked at.</summary>
    private const int WrongMax = 100;

    private readonly SweepSpec _spec;
    private readonly PointJobs _jobs;
    private readonly FileHashes _hashes;
    private readonly DiagnosticBag _bag;
    private readonly List<SweepPoint> _points = [];
    private readonly Dictionary<string, SweepPoint> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _recordings = new(StringComparer.Ordinal);
    private readonly HashSet<(DiagnosticCode, string)> _told = [];
    private readonly OrderedDictionary<InputFile, List<int>> _files = [];
    private SweepNeeds _needs = SweepNeeds.None;
    private string _name = "";
    private long _seed;
    private int _wrong;

    private SweepPlanner(SweepSpec spec, PointJobs jobs, FileHashes hashes, DiagnosticBag bag)
    {
        _spec = spec;
        _jobs = jobs;
        _hashes = hashes;
        _bag = bag;
    }

    /// <summary>Everything that is wrong is reported.</summary>
    /// <returns>Null if something is.</returns>
    public static SweepPlan? Plan(SweepSpec spec, PointJobs jobs, FileHashes hashes, DiagnosticBag bag)
    {
        long combinations = 1;
        foreach (SweepAxis axis in spec.Axes)
        {
            combinations = Math.Min(combinations * axis.Rows.Count, CombinationsMax + 1);
        }

        if (spec.Axes.Count == 0 && spec.Repeats == 1)
        {
            bag.Error(
                DiagnosticCode.SweepEmpty,
                "nothing is swept: the job has one point",
                "give paths their values, such as time.tdf=1,10 or a section sweep: in the job");
        }
        else if (combinations > CombinationsMax)
        {
            bag.Error(
                DiagnosticCode.TooLarge, $"the sweep has more than {CombinationsMax} combinations");
        }

        return bag.HasErrors ? null : new SweepPlanner(spec, jobs, hashes, bag).Lay();
    }

    private SweepPlan? Lay()
    {
        int[] at = new int[_spec.Axes.Count];
        int series = 0;
        do
        {
            SweepCell[] cells =
                [.. _spec.Axes.SelectMany((axis, i) => axis.Rows[at[i]])];
            if (!Holds(cells, out bool isClear))
            {
                if (!isClear)
                {
                    return null;
                }

                continue;
            }

            AddSeries(series++, cells);
        }
        while (Next(at) && _wrong < WrongMax && _points.Count <= PointsMax);

        if (_points.Count > PointsMax)
        {
            _bag.Error(DiagnosticCode.TooLarge, $"the sweep has more than {PointsMax} points");
        }
        else if (series == 0)
        {
            _bag.Error(
                DiagnosticCode.SweepEmpty,
                _spec.Where[0].At,
                "sweep.where: no point is left: no combination meets every condition");
        }

        return _bag.HasErrors ? null : new SweepPlan
        {
            Name = _name,
            Paths = _spec.Paths,
            Points = _points,
            Spec = _spec,
            Seed = _seed,
            Needs = _needs,
            Files = [.. _files.Select(pair => new SweptFile(pair.Key, pair.Value))],
        };
    }

    /// <summary>The next combination: the last axis moves first.</summary>
    private bool Next(int[] at)
    {
        for (int i = at.Length - 1; i >= 0; i--)
        {
            if (++at[i] < _spec.Axes[i].Rows.Count)
            {
                return true;
            }

            at[i] = 0;
        }

        return false;
    }

    private bool Holds(SweepCell[] cells, out bool isClear)
    {
        IReadOnlyList<string> paths = _spec.Paths;
        isClear = true;
        foreach (SweepCondition condition in _spec.Where)
        {
            try
            {
                if (!WhereExpression.Holds(condition.Tokens, ValueOf))
                {
                    return false;
                }
            }
            catch (WhereException e)
            {
                SweepCondition.Report(_bag, condition.At, e);
                isClear = false;
                return false;
            }
        }

        return true;

        string? ValueOf(string path)
        {
            for (int i = 0; i < paths.Count; i++)
            {
                if (paths[i] == path)
                {
                    return cells[i].Value.Text;
                }
            }

            return null;
        }
    }

    private void AddSeries(int series, SweepCell[] cells)
    {
        IReadOnlyList<string> values = [.. cells.Select(cell => cell.Value.Text)];
        JobNode[] names = [.. _spec.Axes.SelectMany(axis => axis.Names)];
        DiagnosticBag bag = new();
        Job? job = _jobs.Make(
            cells.Select((cell, i) => (_spec.Paths[i], names[i], cell.Node)), bag, out _);
        if (job is null)
        {
            _wrong++;
            Pass(bag, new SweepPoint("", series, 0, 0, values).Describe(_spec.Paths));
            return;
        }

        (_name, _seed) = (job.Name, job.Seed);
        _needs = _needs.Or(SweepNeeds.Of(job));
        CheckRecordings(job, series);
        IReadOnlyList<InputFile> files = _jobs.Files(job, _hashes);
        foreach (InputFile file in files)
        {
            _files.TryAdd(file, []);
            _files[file].Add(series);
        }

        for (int repeat = 0; repeat < _spec.Repeats && _points.Count <= PointsMax; repeat++)
        {
            Job own = job with { Seed = RepeatSeed.Of(job.Seed, repeat) };
            SweepPoint point = new(PointId.Of(own, files), series, repeat, own.Seed, values);
            if (!_owners.TryAdd(point.Id, point))
            {
                _wrong++;
                _bag.Error(
                    DiagnosticCode.SweepSamePoint,
                    $"two points are the same job: {_owners[point.Id].Describe(_spec.Paths)}; and "
                        + point.Describe(_spec.Paths),
                    "a value is given twice, or a path has no effect");
                return;
            }

            _points.Add(point);
        }
    }

    /// <summary>Says what is wrong with a point, once for all that it is wrong with.</summary>
    private void Pass(DiagnosticBag bag, string point)
    {
        foreach (Diagnostic item in bag.Items)
        {
            if (_told.Add((item.Code, item.Message)))
            {
                string where = $"at the point {point}";
                _bag.Add(item with
                {
                    Help = item.Help.Length == 0 ? where : $"{item.Help} ({where})",
                });
            }
        }
    }

    private void CheckRecordings(Job job, int series)
    {
        foreach (PeerJob peer in job.Peers.Where(peer => peer.Record is not null))
        {
            bool isShared = !_recordings.TryAdd(peer.Record!, series) || _spec.Repeats > 1;
            if (isShared && _told.Add((DiagnosticCode.Inconsistent, peer.Record!)))
            {
                _bag.Error(
                    DiagnosticCode.Inconsistent,
                    $"peers: several points would record '{peer.Name}' in {peer.Record}",
                    "leave record out, and launch the point of interest by itself");
            }
        }
    }
}
