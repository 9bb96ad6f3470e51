using System.Globalization;
using System.Text.Json.Nodes;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads a sweep: points.csv says what was to be run, each run's result.json what became of
/// it, results.csv and host.csv the figures.</summary>
internal sealed class SweepReading
{
    private static readonly string[] s_columns =
        ["point", "repeat", "seed", "status", "metric", "value", "unit"];

    private static readonly string[] s_cutOff =
        [ExitCode.WordOf(ExitCode.Interrupted), ExitCode.WordOf(ExitCode.Terminated)];

    private const string NotNeeded = "not-needed";
    private const string CommandMark = "# dilaton sweep: ";

    private readonly FolderFiles _files;
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);
    private readonly List<RunFacts> _runs = [];

    private SweepReading(FolderFiles files)
    {
        _files = files;
        Head = files.Object("sweep.json");
        Given = files.Text("sweep.yaml") ?? "";
        ReadPoints();
    }

    public JsonObject? Head { get; }

    /// <summary>The job as given, with the command.</summary>
    public string Given { get; }

    /// <summary>As typed; empty if it is not known.</summary>
    public string Command
    {
        get
        {
            string first = Given.Split('\n')[0];
            return first.StartsWith(CommandMark, StringComparison.Ordinal)
                ? $"dilaton sweep {first[CommandMark.Length..].Trim()}" : "";
        }
    }

    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(_files.Root));

    public IReadOnlyList<string> Paths { get; private set; } = [];

    public List<ReportPoint> Points { get; } = [];

    /// <summary>In the order of the points.</summary>
    public IReadOnlyList<RunFacts> Runs => _runs;

    public static bool Is(FolderFiles files) => files.Has("points.csv") || files.Has("sweep.json");

    public static SweepReading Read(FolderFiles files) => new(files);

    /// <param name="from">Index of this sweep's first point in the table.</param>
    public void Fill(MetricTable table, int from)
    {
        ReadResults(table, from);
        for (int i = 0; i < _runs.Count; i++)
        {
            table.SetRun(from + i, _runs[i]);
        }
    }

    private void ReadPoints()
    {
        List<CsvRow> rows = _files.Rows("points.csv");
        if (rows.Count == 0)
        {
            _files.Note("points.csv", 0, "not there or empty: which points were to be run is not known");
            return;
        }

        IReadOnlyList<string> header = rows[0].Fields;
        Paths = [.. header.Where(h => !s_columns.Contains(h))];
        if (!header.Contains("point"))
        {
            _files.Note("points.csv", 1, "the first line has no column 'point'");
            return;
        }

        foreach (CsvRow row in rows.Skip(1))
        {
            if (row.Fields.Count != header.Count)
            {
                _files.Note("points.csv", row.Line,
                    $"{row.Fields.Count} fields where the first line has {header.Count}: left out");
                continue;
            }

            AddPoint(row, header);
        }
    }

    private void AddPoint(CsvRow row, IReadOnlyList<string> header)
    {
        string Field(string name)
        {
            int at = Array.IndexOf([.. header], name);
            return at < 0 ? "" : row.Fields[at];
        }

        // A repeat that a stop rule made needless is no point that is missing.
        if (Field("status") == NotNeeded)
        {
            return;
        }

        string id = Field("point");
        if (id.Length == 0 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_')
            || !_index.TryAdd(id, Points.Count))
        {
            _files.Note("points.csv", row.Line, $"'{id}' is no name of a point, or there twice: left out");
            return;
        }

        FolderFiles files = _files.Below($"runs/{id}");
        RunFacts run = RunFolder.Read(files, withTimeline: !_runs.Exists(r => r.IsWell));
        string status = run.IsWell ? "ok" : run.Status;
        string reason = run.Reason;
        if (run.Result is null)
        {
            bool damaged = files.Has("result.json");
            (status, reason) = damaged ? ("unreadable", "its result.json is damaged")
                : Directory.Exists(files.Root) ? ("missing", "begun, not ended") : ("missing", "not begun");
        }

        else if (s_cutOff.Contains(status))
        {
            // As --resume has it: it is still to be run.
            (status, reason) = ("missing", "begun, cut off from outside");
        }

        string[] values = [.. Paths.Select(Field)];
        Points.Add(new ReportPoint(
            id, Field("repeat"), Field("seed"), values, status, reason,
            Directory.Exists(files.Root) ? files.Root : ""));

        _runs.Add(_runs.Exists(r => r.IsWell) ? Slim(run) : run);
    }

    // Of a large sweep one run is told of in full; of the others, where their time went, and
    // latencies.
    private static RunFacts Slim(RunFacts run) => run with
    {
        Job = null,
        Environment = null,
        Host = null,
        Dumps = [new RunDump(0, [.. run.Statistics.Where(s => TimeShares.Needs(s) || MetricTable.IsSentBytes(s)
            || LatencyHistogram.TryParse(s.Name, out _, out _, out _))])],
    };

    private void ReadResults(MetricTable table, int from)
    {
        List<CsvRow> rows = _files.Rows("results.csv");
        if (rows.Count == 0)
        {
            if (!_files.Has("results.csv"))
            {
                _files.Note("results.csv", 0, "not there: only what the runs' own folders say is shown");
            }

            return;
        }

        string[] header = [.. rows[0].Fields];
        int point = Array.IndexOf(header, "point");
        int metric = Array.IndexOf(header, "metric");
        int value = Array.IndexOf(header, "value");
        int unit = Array.IndexOf(header, "unit");
        if (point < 0 || metric < 0 || value < 0)
        {
            _files.Note("results.csv", 1, "the first line lacks point, metric or value");
            return;
        }

        foreach (CsvRow row in rows.Skip(1))
        {
            if (row.Fields.Count != header.Length)
            {
                _files.Note("results.csv", row.Line,
                    $"{row.Fields.Count} fields where the first line has {header.Length}: left out");
            }
            else if (!_index.TryGetValue(row.Fields[point], out int at))
            {
                _files.Note("results.csv", row.Line,
                    $"point '{row.Fields[point]}' is not in points.csv: left out");
            }
            else if (Number(row.Fields[value]) is { } number)
            {
                table.Set(from + at, row.Fields[metric], unit < 0 ? "" : row.Fields[unit], "", number);
            }
            else
            {
                _files.Note("results.csv", row.Line, $"'{row.Fields[value]}' is no number: left out");
            }
        }
    }

    private static double? Number(string text) => text switch
    {
        "" or "nan" or "NaN" => double.NaN,
        _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && double.IsFinite(value) => value,
        _ => null,
    };
}
