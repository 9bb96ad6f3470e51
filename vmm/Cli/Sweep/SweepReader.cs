namespace Dilaton.Cli;

/// <summary>Reads the section `sweep` of a job.</summary>
internal sealed class SweepReader
{
    private const string Section = "sweep";
    private const int RowsMax = 100_000;

    private readonly DiagnosticBag _bag;
    private readonly List<SweepAxis> _axes = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);

    private SweepReader(DiagnosticBag bag)
    {
        _bag = bag;
    }

    /// <returns>Null if the job has none.</returns>
    public static SweepSpec? Read(MapReader job, DiagnosticBag bag)
    {
        if (job.Take(Section) is null or JobScalar { IsNull: true, Text.Length: > 0 })
        {
            return null;
        }

        return new SweepReader(bag).Read(job.Section(Section));
    }

    /// <summary>The values of a path: a list's items, in which ranges stand for what they hold.
    /// </summary>
    public static List<SweepCell> Cells(IEnumerable<JobNode> items, string path, DiagnosticBag bag)
    {
        List<SweepCell> cells = [];
        foreach (JobNode item in items)
        {
            if (item is not JobScalar scalar || !RangeText.IsRange(scalar.Text))
            {
                cells.Add(new SweepCell(SweepValue.Of(item), item));
            }
            else if (RangeText.TryExpand(
                scalar.Text, WholePaths.Has(path), out IReadOnlyList<string> values, out string why))
            {
                cells.AddRange(values.Select(value => new SweepCell(
                    new SweepValue(value),
                    new JobScalar(scalar.Source, scalar.Mark, scalar.Length, value, false))));
            }
            else
            {
                bag.Error(DiagnosticCode.SweepRange, item, $"sweep of {path}: {why}");
            }
        }

        return cells;
    }

    private SweepSpec Read(MapReader map)
    {
        ReadParameters(map.Take("parameters"), "sweep.parameters", isZip: false);
        foreach ((JobNode group, string path) in map.Items("zip"))
        {
            ReadParameters(group, path, isZip: true);
        }

        List<SweepCondition> conditions = [];
        foreach ((JobNode item, string path) in map.Items("where"))
        {
            ReadCondition(item, path, conditions);
        }

        int? repeat = map.Has("repeat") && !map.IsNull("repeat")
            ? (int)map.Integer("repeat", 1, 1, SweepJob.RepeatMax)
            : null;
        map.Take("repeat");
        bool hasStop = map.Has("stop") && !map.IsNull("stop");
        SweepSpec spec = new()
        {
            Axes = _axes,
            Where = conditions,
            Repeat = repeat,
            Stop = hasStop ? ReadStop(map.Section("stop"), repeat) : null,
            Metrics = map.TextList("metrics") ?? [],
        };
        map.Take("stop");
        map.Done();
        return spec;
    }

    private void ReadParameters(JobNode? node, string path, bool isZip)
    {
        if (node is null)
        {
            return;
        }

        if (node is not JobMap map)
        {
            _bag.Error(
                DiagnosticCode.WrongKind,
                node,
                $"{path}: expected paths with their values, found {node.Kind}",
                "such as {time.tdf: [1, 10]}");
            return;
        }

        List<(string Path, JobNode Name, List<SweepCell> Cells)> columns = [];
        foreach (JobEntry entry in map.Entries)
        {
            if (ReadColumn(entry) is { } column)
            {
                columns.Add(column);
            }
        }

        if (!isZip)
        {
            _axes.AddRange(columns.Select(column => Axis([column])));
        }
        else if (columns.Count > 0 && columns.Exists(c => c.Cells.Count != columns[0].Cells.Count))
        {
            string counts = string.Join(", ", columns.Select(c => $"{c.Path} has {c.Cells.Count}"));
            _bag.Error(
                DiagnosticCode.Inconsistent, map, $"{path}: {counts} values: they can't go together",
                "each path of a group needs as many values");
        }
        else if (columns.Count > 0)
        {
            _axes.Add(Axis(columns));
        }
    }

    private static SweepAxis Axis(List<(string Path, JobNode Name, List<SweepCell> Cells)> columns) => new(
        [.. columns.Select(column => column.Path)],
        [.. columns.Select(column => column.Name)],
        [
            .. Enumerable.Range(0, columns[0].Cells.Count)
                .Select(i => columns.Select(column => column.Cells[i]).ToArray()),
        ]);

    private (string Path, JobNode Name, List<SweepCell> Cells)? ReadColumn(JobEntry entry)
    {
        string path = SweepPath.Full(entry.Key.Text);
        if (!_paths.Add(path) || SweepPath.Refusal(path) is not null)
        {
            _bag.Error(
                DiagnosticCode.Inconsistent,
                entry.Key,
                SweepPath.Refusal(path) ?? $"{path} is swept twice");
            return null;
        }

        if (entry.Value is not JobList list)
        {
            _bag.Error(
                DiagnosticCode.WrongKind,
                entry.Value,
                $"sweep of {path}: expected a list of values, found {entry.Value.Kind}",
                entry.Value is JobScalar { IsNull: false } s ? $"write [{s.Text}]" : "such as [1, 2, 4]");
            return null;
        }

        if (list.Items.Count == 0)
        {
            _bag.Error(DiagnosticCode.SweepEmpty, list, $"sweep of {path}: there is no value");
            return null;
        }

        List<SweepCell> cells = Cells(list.Items, path, _bag);
        if (cells.Count > RowsMax)
        {
            _bag.Error(
                DiagnosticCode.TooLarge, list, $"sweep of {path}: {cells.Count} values; at most {RowsMax}");
            return null;
        }

        return cells.Count == 0 ? null : (path, entry.Key, cells);
    }

    private void ReadCondition(JobNode item, string path, List<SweepCondition> conditions)
    {
        if (item is not JobScalar { IsNull: false } scalar)
        {
            _bag.Error(
                DiagnosticCode.WrongKind, item, $"{path}: expected a condition, found {item.Kind}");
            return;
        }

        try
        {
            conditions.Add(new SweepCondition(scalar, WhereLexer.Read(scalar.Text)));
        }
        catch (WhereException e)
        {
            SweepCondition.Report(_bag, scalar, e);
        }
    }

    /// <param name="repeat">Stands for `most` where that is left out.</param>
    private static SweepStopJob ReadStop(MapReader map, int? repeat)
    {
        SweepStopJob standard = new() { Metric = "" };
        SweepStopJob stop = new()
        {
            Metric = map.RequiredText("metric"),
            Within = map.Value<Percent>("within", standard.Within, Percent.TryParse),
            Confidence = map.Value<Percent>("confidence", standard.Confidence, Percent.TryParse),
            Least = (int)map.Integer("least", standard.Least, 2, SweepJob.RepeatMax),
            Most = (int)map.Integer("most", repeat ?? standard.Most, 2, SweepJob.RepeatMax),
        };
        if (stop.Most < stop.Least)
        {
            map.Error(
                DiagnosticCode.Inconsistent, "most", $"{stop.Most} is below the least, {stop.Least}");
        }

        if (stop.Confidence.Share is { } share && share.Numerator * 2 < share.Denominator
            || stop.Confidence.Share.Numerator >= stop.Confidence.Share.Denominator)
        {
            map.Error(
                DiagnosticCode.OutOfRange, "confidence", $"{stop.Confidence} is out of range (50% to 99.99%)");
        }

        if (stop.Within.Share.Numerator == 0)
        {
            map.Error(DiagnosticCode.OutOfRange, "within", "must be above zero");
        }

        if (repeat is not null && map.Has("most") && repeat != stop.Most)
        {
            map.Error(
                DiagnosticCode.Inconsistent,
                "most",
                $"{stop.Most} repeats at most, and sweep.repeat says {repeat}",
                "leave one of them out");
        }

        map.Done();
        return stop;
    }
}
