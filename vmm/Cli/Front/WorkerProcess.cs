namespace Dilaton.Cli;

/// <summary>A worker on this host. The guest's standard streams are inherited by it.</summary>
internal sealed class WorkerProcess : IWorkerProcess
{
    /// <summary>From the end of its pipe to its own.</summary>
    private static readonly TimeSpan s_exitWithin = TimeSpan.FromSeconds(30);

    private readonly WorkerStart _started;
    private readonly WorkerLines _lines;

    private WorkerProcess(WorkerStart started)
    {
        _started = started;
        _lines = new WorkerLines(started.FromWorker);
    }

    public int ProcessId => _started.Process.Id;

    public int Descriptor => _lines.Descriptor;

    /// <summary>This host is not lost.</summary>
    public string? Loss => null;

    public bool IsBroken => _lines.IsBroken;

    /// <summary>Must be called on the process's first thread: the worker dies with the thread that
    /// started it.</summary>
    /// <param name="job">With the worker's nodes only.</param>
    public static WorkerProcess Start(Job job, WorkerPlace place)
    {
        WorkerStart started = WorkerStart.Run(ownStreams: true);
        started.Send(WorkerStart.Part(job, place));
        return new WorkerProcess(started);
    }

    public bool Receive(ICollection<WorkerMessage> messages) => _lines.Receive(messages);

    public void RequestStop() => _started.Send(WorkerCommand.Stop);

    public void TellPeerEnded(string what) => _started.Send($"{WorkerCommand.PeerEnded} {what}");

    public void Kill() => _started.Kill();

    public void Say(string command) => _started.Send(command);

    public int WaitForExit()
    {
        if (!_started.Process.WaitForExit(s_exitWithin))
        {
            Kill();
            _started.Process.WaitForExit();
        }

        return _started.Process.ExitCode;
    }

    public void Dispose()
    {
        _lines.Dispose();
        _started.Dispose();
    }
}
