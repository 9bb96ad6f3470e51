using System.Globalization;
using System.IO.Pipes;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A worker on another host. What it says comes from the hosts' thread through a pipe of
/// this process, so that the front waits for all workers alike.</summary>
internal sealed class RemoteWorker : IWorkerProcess
{
    private readonly Action<HostMessage> _send;
    private readonly AnonymousPipeServerStream _toFront = new(PipeDirection.Out);
    private readonly AnonymousPipeClientStream _fromHosts;
    private readonly WorkerLines _lines;
    private readonly ManualResetEventSlim _isStarted = new();
    private volatile int _processId;
    private volatile int _exitCode;
    private volatile string? _loss;

    /// <param name="id">Its number among the job's workers.</param>
    /// <param name="send">Takes a message to its host. Any thread.</param>
    public RemoteWorker(string id, Action<HostMessage> send)
    {
        Id = id;
        _send = send;
        _fromHosts = new AnonymousPipeClientStream(
            PipeDirection.In, _toFront.ClientSafePipeHandle);
        _lines = new WorkerLines(_fromHosts);
    }

    public string Id { get; }

    /// <summary>Waits until it is known; 0 if it never ran.</summary>
    public int ProcessId
    {
        get
        {
            _isStarted.Wait();
            return _processId;
        }
    }

    public int Descriptor => _lines.Descriptor;

    public string? Loss => _loss;

    public bool IsBroken => _lines.IsBroken;

    public bool Receive(ICollection<WorkerMessage> messages) => _lines.Receive(messages);

    public void RequestStop() => Command(WorkerCommand.Stop);

    public void Say(string command) => Command(command);

    public void TellPeerEnded(string what) => Command($"{WorkerCommand.PeerEnded} {what}");

    public void Kill() => _send(new HostMessage(HostWord.Kill, Id));

    /// <summary>Its pipe ends when its exit code is known.</summary>
    public int WaitForExit() => _exitCode;

    /// <summary>The hosts' thread.</summary>
    /// <param name="words">Of the message's id.</param>
    /// <exception cref="FormatException">A number is none.</exception>
    public void Take(string word, string[] words, HostMessage message)
    {
        switch (word)
        {
            case HostWord.Started:
                _processId = int.Parse(message.Text, CultureInfo.InvariantCulture);
                _isStarted.Set();
                break;
            case HostWord.Line:
                Pass(message.Body.Span);
                break;
            case HostWord.Output:
                Show(words[^1] == "1", message.Body.Span);
                break;
            case HostWord.Exit:
                _exitCode = int.Parse(message.Text, CultureInfo.InvariantCulture);
                Close();
                break;
            default:
                break;
        }
    }

    /// <summary>Its host is. The hosts' thread.</summary>
    public void Lose(string how)
    {
        _loss = how;
        Close();
    }

    public void Dispose()
    {
        _lines.Dispose();
        _toFront.Dispose();
        _isStarted.Dispose();
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _toFront.Write(bytes);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The front listens no longer.
        }
    }

    /// <summary>What a guest there writes to standard output or error comes out here.</summary>
    private void Show(bool isOutput, ReadOnlySpan<byte> bytes)
    {
        using Stream stream =
            isOutput ? Console.OpenStandardOutput() : Console.OpenStandardError();
        try
        {
            stream.Write(bytes);
        }
        catch (IOException)
        {
            // As SIGPIPE: nobody reads it any more.
            RequestStop();
        }
    }

    private void Close()
    {
        _isStarted.Set();
        _toFront.Dispose();
    }

    private void Command(string line) =>
        _send(new HostMessage(HostWord.Command, Id, Encoding.ASCII.GetBytes($"{line}\n")));
}
