namespace Dilaton.Cli;

/// <summary>Shows how far a run is, on standard error. One live line if that is a terminal and the
/// guest's output goes elsewhere; else plain lines, which nothing can garble.</summary>
internal sealed class ProgressDisplay
{
    private const string EraseLine = "\r\u001b[2K";

    /// <summary>A live line is drawn no more often than this, whatever comes in.</summary>
    private const double LiveSeconds = 0.2;

    private readonly TextWriter _writer;
    private readonly bool _isQuiet;
    private readonly bool _isLive;
    private readonly ProgressSchedule _schedule = new();
    private bool _isShown;
    private double _shownSeconds;

    public ProgressDisplay(TextWriter writer, bool isQuiet, bool isLive)
    {
        _writer = writer;
        _isQuiet = isQuiet;
        _isLive = isLive;
    }

    /// <summary>True where a live line does no harm.</summary>
    public static bool CanBeLive() =>
        !Console.IsErrorRedirected
        && Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    public void Update(RunRecord run, double wallSeconds)
    {
        bool isDue = _isLive
            ? wallSeconds >= _shownSeconds + LiveSeconds
            : _schedule.IsDue(wallSeconds);
        if (_isQuiet || !isDue)
        {
            return;
        }

        _shownSeconds = wallSeconds;

        string line = ProgressLine.Of(run, wallSeconds);
        _writer.Write(_isLive ? $"{EraseLine}{line}" : $"dilaton: {line}\n");
        _writer.Flush();
        _isShown = true;
    }

    /// <summary>Takes the live line away.</summary>
    public void Finish()
    {
        if (_isLive && _isShown)
        {
            _writer.Write(EraseLine);
            _writer.Flush();
        }
    }
}
