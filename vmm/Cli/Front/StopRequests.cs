using System.Runtime.InteropServices;

namespace Dilaton.Cli;

/// <summary>Ctrl-C and SIGTERM: once = stop at the next slice end and write everything; a second
/// Ctrl-C = abort at once.</summary>
internal sealed class StopRequests : IDisposable
{
    private readonly WorkerGroup _workers;
    private readonly ClusterRun? _cluster;
    private readonly PosixSignalRegistration[] _registrations;
    private int _reason;
    private int _interrupts;

    public StopRequests(WorkerGroup workers, ClusterRun? cluster)
    {
        _cluster = cluster;
        _workers = workers;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal),
        ];
    }

    /// <summary>The first reason given.</summary>
    public StopReason Reason => (StopReason)Volatile.Read(ref _reason);

    /// <summary>Asked a second time: nothing more is waited for.</summary>
    public bool IsAbort => Volatile.Read(ref _interrupts) > 1;

    public void Request(StopReason reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, (int)StopReason.None) == 0)
        {
            _workers.RequestStop();
            _cluster?.RequestStop();
        }
    }

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        bool interrupt = context.Signal == PosixSignal.SIGINT;
        Request(interrupt ? StopReason.Interrupted : StopReason.Terminated);
        if (interrupt && Interlocked.Increment(ref _interrupts) > 1)
        {
            _workers.Kill();
            _cluster?.Abandon();
        }
    }
}
