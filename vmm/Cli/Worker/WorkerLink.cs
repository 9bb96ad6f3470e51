namespace Dilaton.Cli;

/// <summary>The worker's end of the pipes to its front. Messages may come from any thread.
/// </summary>
internal sealed class WorkerLink : IDisposable
{
    private readonly Stream _toFront;

    // Guards _toFront: one message at a time.
    private readonly Lock _gate = new();

    public WorkerLink(Stream toFront)
    {
        _toFront = toFront;
    }

    public void Send(WorkerMessage message)
    {
        byte[] line = WorkerMessageJson.Write(message);
        lock (_gate)
        {
            _toFront.Write(line);
            _toFront.Flush();
        }
    }

    public void Dispose() => _toFront.Dispose();
}
