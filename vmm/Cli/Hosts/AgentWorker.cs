using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A worker of another host's front, and the threads that pass on what it and its guest
/// say.</summary>
internal sealed class AgentWorker : IDisposable
{
    private const int ChunkSizeBytes = 1 << 16;

    private readonly string _id;
    private readonly WorkerStart _started;
    private readonly Action<HostMessage> _send;

    /// <summary>Must be called on the process's first thread: the worker dies with it.</summary>
    /// <param name="part">Its place and its job.</param>
    /// <param name="send">Takes a message to the front, and may wait. Any thread.</param>
    public AgentWorker(string id, ReadOnlySpan<byte> part, Action<HostMessage> send)
    {
        _id = id;
        _send = send;
        _started = WorkerStart.Run(ownStreams: false);
        _started.Send(part);
        Thread[] streams =
        [
            Relay(_started.FromWorker, HostWord.Line, id),
            Relay(_started.Process.StandardOutput.BaseStream, HostWord.Output, $"{id} 1"),
            Relay(_started.Process.StandardError.BaseStream, HostWord.Output, $"{id} 2"),
        ];
        Begin(() => End(streams), "end");
    }

    public int ProcessId => _started.Process.Id;

    public void Send(ReadOnlySpan<byte> line) => _started.Send(line);

    public void Kill() => _started.Kill();

    public void Dispose() => _started.Kill();

    private void End(Thread[] streams)
    {
        Array.ForEach(streams, stream => stream.Join());
        _started.Process.WaitForExit();
        _send(new HostMessage(
            HostWord.Exit, _id, _started.Process.ExitCode.ToString(CultureInfo.InvariantCulture)));
    }

    private Thread Relay(Stream from, string word, string id) => Begin(
        () =>
        {
            byte[] chunk = new byte[ChunkSizeBytes];
            while (from.Read(chunk) is > 0 and int count)
            {
                _send(new HostMessage(word, id, chunk.AsMemory(0, count).ToArray()));
            }
        },
        word);

    private Thread Begin(Action action, string what)
    {
        Thread thread = new(() => action()) { IsBackground = true, Name = $"worker {_id} {what}" };
        thread.Start();
        return thread;
    }
}
