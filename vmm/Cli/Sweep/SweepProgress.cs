using System.Diagnostics;
using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Shows how far a sweep is, on standard error: a bar, what runs, and how long it will take;
/// of a point that fails, why, at once.</summary>
internal sealed class SweepProgress
{
    private const string EraseLine = "\r\u001b[2K";
    private const int BarWidth = 20;
    private const int RunningShown = 2;
    private const double LiveSeconds = 0.2;

    private readonly TextWriter _writer;
    private readonly SweepPlan _plan;
    private readonly SweepFolder _folder;
    private readonly bool _isQuiet;
    private readonly bool _isLive;
    private readonly ProgressSchedule _schedule = new();
    private readonly Dictionary<string, long> _begun = new(StringComparer.Ordinal);
    private readonly long _begin = Stopwatch.GetTimestamp();
    private double _shownSeconds;
    private bool _isShown;
    private int _ended;

    public SweepProgress(
        TextWriter writer, SweepPlan plan, SweepFolder folder, bool isQuiet, bool isLive)
    {
        _writer = writer;
        _plan = plan;
        _folder = folder;
        _isQuiet = isQuiet;
        _isLive = isLive && !isQuiet;
    }

    /// <summary>True where a live line does no harm.</summary>
    public static bool CanBeLive() =>
        !Console.IsErrorRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public void Begin(SweepPoint point) => _begun[point.Id] = Stopwatch.GetTimestamp();

    public void End(SweepPoint point, PointResult result)
    {
        _ended++;
        _begun.Remove(point.Id);
        if (result.IsDone)
        {
            return;
        }

        Erase();
        DiagnosticBag bag = new();
        string[] lines = result.Reason.Split('\n');
        bag.Error(
            DiagnosticCode.SweepPointsFailed,
            $"point {point.Id} ({point.Describe(_plan.Paths)}): {result.Status}: {lines[0]}",
            $"its folder is {_folder.RunFolder(point.Id)}");
        bag.Quote(lines.Skip(1));
        _writer.Write(bag.Print());
        _writer.Flush();
    }

    public void Update(SweepState state, IReadOnlyList<SweepPoint> running)
    {
        double seconds = Stopwatch.GetElapsedTime(_begin).TotalSeconds;
        bool isDue = _isLive ? seconds >= _shownSeconds + LiveSeconds : _schedule.IsDue(seconds);
        if (_isQuiet || !isDue)
        {
            return;
        }

        _shownSeconds = seconds;
        string line = Line(state, running, seconds);
        _writer.Write(_isLive ? $"{EraseLine}{line}" : $"dilaton: {line}\n");
        _writer.Flush();
        _isShown = true;
    }

    /// <summary>Takes the live line away.</summary>
    public void Finish() => Erase();

    private string Line(SweepState state, IReadOnlyList<SweepPoint> running, double seconds)
    {
        int missing = state.Missing.Count;
        int all = state.Statuses.Count(status => status != SweepState.NotNeeded);
        int done = all - missing;
        string bar = _isLive
            ? $"[{new string('#', BarWidth * done / Math.Max(1, all)).PadRight(BarWidth, '.')}] "
            : "";
        string failed = state.Failed > 0 ? $", {state.Failed} failed" : "";
        string what = string.Join(
            "; ", running.Take(RunningShown).Select(point => $"{point.Describe(_plan.Paths)} {Since(point)}"));
        string more = running.Count > RunningShown ? $"; and {running.Count - RunningShown} more" : "";
        string left = _ended > 0 && missing > state.Failed
            ? $"  about {ProgressLine.Span(seconds / _ended * (missing - state.Failed))} left"
            : "";
        string now = running.Count > 0 ? $"  running: {what}{more}" : "";
        return $"{bar}{done} of {all} points{failed}{now}{left}";
    }

    private string Since(SweepPoint point)
    {
        double seconds = _begun.TryGetValue(point.Id, out long begin)
            ? Stopwatch.GetElapsedTime(begin).TotalSeconds
            : 0;
        return string.Create(CultureInfo.InvariantCulture, $"({seconds:0} s)");
    }

    private void Erase()
    {
        if (_isLive && _isShown)
        {
            _writer.Write(EraseLine);
            _writer.Flush();
            _isShown = false;
        }
    }
}
