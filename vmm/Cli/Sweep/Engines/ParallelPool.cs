using System.Diagnostics;
using System.Globalization;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Runs points by GNU parallel: what is submitted before a <see cref="Poll"/> goes into one
/// call of it. It dies with this process, and then starts no more.</summary>
internal sealed class ParallelPool : IExecutor
{
    public const string CommandsName = "parallel.txt";
    public const string JobLogName = "parallel.log";

    private const int LogLines = 12;

    /// <summary>For points to end their guests and peers; parallel kills them after 5 s.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly SweepFolder _folder;
    private readonly int _atOnce;
    private readonly List<SweepPoint> _next = [];

    // Of the call that runs, by their number in it.
    private readonly Dictionary<int, SweepPoint> _running = [];
    private Process? _process;
    private bool _isHeld;

    public ParallelPool(SweepFolder folder, int atOnce)
    {
        _folder = folder;
        _atOnce = atOnce;
    }

    public bool HasRoom => _process is null && !_isHeld;

    public IReadOnlyList<SweepPoint> Running =>
        [.. _running.OrderBy(pair => pair.Key).Select(pair => pair.Value), .. _next];

    public void Plan(SweepFolder folder, IReadOnlyList<SweepPoint> missing) =>
        folder.Write(CommandsName, Commands(folder, missing));

    public void Submit(SweepPoint point) => _next.Add(point);

    public IReadOnlyList<PointEnd> Poll(TimeSpan patience)
    {
        if (_process is null && _next.Count > 0)
        {
            Start();
        }

        bool isOver = _process?.WaitForExit(patience) ?? true;
        List<PointEnd> ends = [];
        foreach ((int index, string words) in JobLog.Parse(ReadLog()))
        {
            if (_running.Remove(index, out SweepPoint? point))
            {
                ends.Add(new PointEnd(point, words + LogTail.Of(_folder, point, LogLines)));
            }
        }

        if (isOver && _process is not null)
        {
            // What a held one did not start is nobody's loss.
            ends.AddRange(_running.OrderBy(pair => pair.Key).Where(_ => !_isHeld).Select(pair =>
                new PointEnd(pair.Value, $"parallel ended with code {_process.ExitCode}")));
            _running.Clear();
            _process.Dispose();
            _process = null;
        }

        return ends;
    }

    /// <summary>Its first SIGTERM: it starts no more, and waits for those that run.</summary>
    public void Hold()
    {
        if (_isHeld)
        {
            return;
        }

        _isHeld = true;
        _next.Clear();
        if (_process is not null)
        {
            ChildProcesses.Terminate(_process.Id);
        }
    }

    public void Cancel()
    {
        _next.Clear();
        _running.Clear();
        if (_process is null)
        {
            return;
        }

        // The second one ends those that run.
        ChildProcesses.Terminate(_process.Id);
        if (!_process.WaitForExit(TimeSpan.FromMilliseconds(300)))
        {
            ChildProcesses.Terminate(_process.Id);
        }

        if (!_process.WaitForExit(s_patience))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _process = null;
    }

    public void Dispose() => Cancel();

    /// <summary>A line per point of a file for parallel.</summary>
    public static string Commands(SweepFolder folder, IReadOnlyList<SweepPoint> points) =>
        string.Concat(points.Select(point =>
        {
            string log = LaunchPlan.Quoted([Path.Combine(folder.RunFolder(point.Id), SweepFolder.LogName)]);
            return $"{folder.Task(point)} >{log} 2>&1\n";
        }));

    private void Start()
    {
        _folder.Write(CommandsName, Commands(_folder, _next));
        _next.ForEach(point => Directory.CreateDirectory(_folder.RunFolder(point.Id)));
        File.Delete(_folder.PathOf(JobLogName));
        ProcessStartInfo start = new(
            "setsid",
            [
                "setpriv", "--pdeathsig", "TERM", "parallel", "--will-cite", "--termseq", "TERM,5000,KILL,25",
                "-j", _atOnce.ToString(CultureInfo.InvariantCulture), "--joblog", _folder.PathOf(JobLogName),
                "-a", _folder.PathOf(CommandsName),
            ])
        {
            WorkingDirectory = _folder.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        for (int i = 0; i < _next.Count; i++)
        {
            _running.Add(i, _next[i]);
        }

        _next.Clear();
    }

    private string ReadLog()
    {
        string path = _folder.PathOf(JobLogName);
        return _running.Count > 0 && File.Exists(path) ? File.ReadAllText(path) : "";
    }
}
