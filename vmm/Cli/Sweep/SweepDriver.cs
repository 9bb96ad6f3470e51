using System.Runtime.InteropServices;

namespace Dilaton.Cli;

/// <summary>Runs what is missing of a sweep, point by point, by an executor.</summary>
internal sealed class SweepDriver : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(200);

    private readonly SweepFolder _folder;
    private readonly SweepPlan _plan;
    private readonly SweepState _state;
    private readonly IExecutor _executor;
    private readonly SweepProgress _progress;
    private readonly bool _keepGoing;
    private readonly PosixSignalRegistration[] _signals;
    private volatile int _signalCode;

    public SweepDriver(
        SweepFolder folder, SweepPlan plan, SweepState state, IExecutor executor,
        SweepProgress progress, bool keepGoing)
    {
        _folder = folder;
        _plan = plan;
        _state = state;
        _executor = executor;
        _progress = progress;
        _keepGoing = keepGoing;
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <returns>0, or the exit code for the signal that ended it.</returns>
    public int Run()
    {
        while (_signalCode == 0)
        {
            Fill();
            if (_executor.Running.Count == 0)
            {
                break;
            }

            foreach (PointEnd end in _executor.Poll(s_poll))
            {
                Take(end);
            }

            _progress.Update(_state, _executor.Running);
        }

        if (_signalCode != 0)
        {
            _executor.Cancel();
        }

        _progress.Finish();
        return _signalCode;
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration signal in _signals)
        {
            signal.Dispose();
        }
    }

    /// <summary>Submits what can be now, and waits for nothing.</summary>
    public void Send() => Fill();

    /// <summary>After a failure no new point starts, unless all are to be tried.</summary>
    private void Fill()
    {
        while (_executor.HasRoom && (_keepGoing || _state.Failed == 0)
            && _state.TakeNext() is { } point)
        {
            // What an earlier try left is no result of this one.
            string stale = Path.Combine(_folder.RunFolder(point.Id), "result.json");
            if (File.Exists(stale))
            {
                File.Delete(stale);
            }

            _progress.Begin(point);
            _executor.Submit(point);
        }
    }

    private void Take(PointEnd end)
    {
        PointResult result =
            PointResult.Read(_folder.RunFolder(end.Point.Id), _plan.Spec.Metrics)
            ?? new PointResult { Status = "lost", Reason = end.Words };
        if (result.IsCutOff && end.Words.Length > 0)
        {
            // Who did that, the point can't know.
            result = result with { Reason = $"{result.Reason} ({end.Words.Split('\n')[0]})" };
        }

        _state.Take(_state.IndexOf[end.Point.Id], result);
        _progress.End(end.Point, result);
        if (!result.IsDone && !_keepGoing)
        {
            _executor.Hold();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        _signalCode = context.Signal == PosixSignal.SIGINT ? ExitCode.Interrupted : ExitCode.Terminated;
    }
}
