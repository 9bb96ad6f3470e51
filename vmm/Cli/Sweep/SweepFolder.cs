using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The folder of a sweep:
/// <code>
/// sweep.yaml   the job as given, and the command     points.csv   every point and its status
/// sweep.json   what is swept                         tasks.txt    a command line per point
/// runs/ID/     a result folder per point             results.csv  results.db  host.csv
/// sweep.sbatch gather.sbatch slurm/   with Slurm       parallel.txt parallel.log   with GNU parallel
/// lock         while somebody works on it
/// </code></summary>
internal sealed class SweepFolder
{
    public const string StandardName = "tdsweep";
    public const string JobName = "sweep.yaml";
    public const string SweepName = "sweep.json";
    public const string PointsName = "points.csv";
    public const string TasksName = "tasks.txt";
    public const string ResultsName = "results.csv";
    public const string HostName = "host.csv";
    public const string DatabaseName = "results.db";
    public const string LockName = "lock";
    public const string HeldName = ".lock";
    public const string LogName = "log.txt";
    public const string RunsName = "runs";

    public SweepFolder(string path)
    {
        Given = path;
        Root = Path.GetFullPath(path);
    }

    /// <summary>As the operator named it.</summary>
    public string Given { get; }

    public string Root { get; }

    /// <summary>A sweep was planned here.</summary>
    public bool HasSweep => File.Exists(PathOf(SweepName));

    public string PathOf(string name) => Path.Combine(Root, name);

    public string RunFolder(string id) => Path.Combine(Root, RunsName, id);

    /// <summary>Makes the folder, or finds that it is a sweep's.</summary>
    /// <returns>False: not so, and it was said why.</returns>
    public bool Open(DiagnosticBag bag)
    {
        try
        {
            Directory.CreateDirectory(Root);
            if (!HasSweep && !File.Exists(PathOf(HeldName))
                && Directory.EnumerateFileSystemEntries(Root).Any())
            {
                bag.Error(
                    DiagnosticCode.OutputFolderForeign,
                    $"the sweep's folder '{Root}' holds files that no sweep wrote",
                    "choose another with -o");
                return false;
            }

            Directory.CreateDirectory(PathOf(RunsName));
            DurableFile.SyncName(Root);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(
                DiagnosticCode.OutputFolderUnwritable,
                $"the sweep's folder '{Root}' can't be written: {e.Message}");
            return false;
        }
    }

    /// <summary>What was planned here.</summary>
    /// <returns>Null if it can't be read, which was reported.</returns>
    public SweepInput? ReadInput(DiagnosticBag bag)
    {
        try
        {
            return SweepFile.Read(
                File.ReadAllText(PathOf(SweepName)), File.ReadAllText(PathOf(JobName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(
                DiagnosticCode.SweepDamaged,
                $"'{Root}' holds no sweep that could be resumed: {e.Message}",
                "give the job, and --resume keeps what was run");
        }
        catch (FormatException e)
        {
            bag.Error(
                DiagnosticCode.SweepDamaged,
                $"{PathOf(SweepName)}: {e.Message}",
                "give the job, and --resume writes it anew and keeps what was run");
        }

        return null;
    }

    /// <summary>What is known of the time when the sweep was planned; what can't be read is not.
    /// </summary>
    public SweepRecord ReadRecord()
    {
        try
        {
            return SweepFile.ReadRecord(File.ReadAllText(PathOf(SweepName)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return SweepRecord.None;
        }
    }

    /// <summary>Everything that is known before a point runs. sweep.json comes last.</summary>
    /// <param name="command">As typed.</param>
    public void WritePlan(
        SweepInput input, SweepPlan plan, IReadOnlyList<string> statuses,
        IReadOnlyList<string> command)
    {
        // Dilaton's own head of an earlier round is not repeated.
        string text = input.JobText;
        string line = $"{CommandMark}{LaunchPlan.Quoted(command)}\n";
        text = text.StartsWith(CommandMark, StringComparison.Ordinal)
            ? text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..]
            : text;
        Write(JobName, line + text);
        WritePoints(plan, statuses);
        Write(TasksName, Tasks(plan));
        Write(SweepName, SweepFile.Write(input, plan));
    }

    /// <param name="statuses">One per point.</param>
    public void WritePoints(SweepPlan plan, IReadOnlyList<string> statuses)
    {
        StringBuilder text = new();
        text.AppendRow(["point", "repeat", "seed", .. plan.Paths, "status"]);
        for (int i = 0; i < plan.Points.Count; i++)
        {
            text.AppendRow([.. Head(plan.Points[i]), statuses[i]]);
        }

        Write(PointsName, text.ToString());
    }

    /// <summary>The first columns of every table of points.</summary>
    public static IEnumerable<string> Head(SweepPoint point) =>
    [
        point.Id,
        point.Repeat.ToString(CultureInfo.InvariantCulture),
        point.Seed.ToString(CultureInfo.InvariantCulture),
        .. point.Values,
    ];

    /// <summary>Appears whole or not at all, and a power cut does not take it away.</summary>
    public void Write(string name, string text) => DurableFile.Write(PathOf(name), text);

    /// <summary>The command that runs a point, for a shell.</summary>
    public string Task(SweepPoint point) => LaunchPlan.Quoted(
        [OwnCommand.Script ?? "dilaton", "sweep", "--run-point", point.Id, Root]);

    private const string CommandMark = "# dilaton sweep: ";

    private string Tasks(SweepPlan plan)
    {
        StringBuilder text = new();
        foreach (SweepPoint point in plan.Points)
        {
            text.Append(Task(point)).Append('\n');
        }

        return text.ToString();
    }
}
