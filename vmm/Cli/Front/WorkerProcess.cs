using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>A worker as its front sees it. The guest's standard streams are inherited by the
/// worker; ours are two more pipes.
/// <code>
/// front ── job, then commands ──> worker
/// front <── one message a line ── worker
/// </code></summary>
internal sealed class WorkerProcess : IDisposable
{
    private const int ChunkSizeBytes = 1 << 16;

    private readonly AnonymousPipeServerStream _toWorker;
    private readonly AnonymousPipeServerStream _fromWorker;
    private readonly Process _process;
    private readonly MemoryStream _line = new();
    private readonly byte[] _chunk = new byte[ChunkSizeBytes];
    private bool _isClosed;

    // Guards _toWorker: the job and a stop from a signal's thread.
    private readonly Lock _gate = new();

    private WorkerProcess(
        AnonymousPipeServerStream toWorker, AnonymousPipeServerStream fromWorker, Process process)
    {
        _toWorker = toWorker;
        _fromWorker = fromWorker;
        _process = process;
    }

    public int ProcessId => _process.Id;

    /// <summary>Of the pipe that it tells us by; -1 once that is closed.</summary>
    public int Descriptor =>
        _isClosed ? -1 : (int)_fromWorker.SafePipeHandle.DangerousGetHandle();

    /// <summary>Must be called on the process's first thread: the worker dies with the thread that
    /// started it.</summary>
    /// <param name="job">With the worker's nodes only.</param>
    public static WorkerProcess Start(Job job, WorkerPlace place)
    {
        AnonymousPipeServerStream toWorker =
            new(PipeDirection.Out, HandleInheritability.Inheritable);
        AnonymousPipeServerStream fromWorker =
            new(PipeDirection.In, HandleInheritability.Inheritable);
        ProcessStartInfo start = new(OwnCommand.Words[0], [.. OwnCommand.Words.Skip(1), "worker"])
        {
            UseShellExecute = false,
        };
        start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(toWorker.GetClientHandleAsString());
        start.ArgumentList.Add(fromWorker.GetClientHandleAsString());
        Process process = Process.Start(start)
            ?? throw new InvalidOperationException("the worker did not start");
        toWorker.DisposeLocalCopyOfClientHandle();
        fromWorker.DisposeLocalCopyOfClientHandle();
        WorkerProcess worker = new(toWorker, fromWorker, process);
        worker.Send(WorkerPlaceJson.Write(place));
        worker.Send([.. JobWriter.Write(job, indented: false), (byte)'\n']);
        return worker;
    }

    /// <summary>Takes what has come; waits only if nothing has.</summary>
    /// <returns>False once its end is closed.</returns>
    public bool Receive(ICollection<WorkerMessage> messages)
    {
        int count = _isClosed ? 0 : _fromWorker.Read(_chunk);
        ReadOnlySpan<byte> left = _chunk.AsSpan(0, count);
        _isClosed |= count == 0;
        while (!_isClosed && left.IndexOf((byte)'\n') is >= 0 and int end)
        {
            _line.Write(left[..end]);
            left = left[(end + 1)..];
            Take(messages);
            _line.SetLength(0);
        }

        _line.Write(left);
        return !_isClosed;
    }

    /// <summary>A line that is none of ours ends the talk: a worker in its death wrote it.</summary>
    private void Take(ICollection<WorkerMessage> messages)
    {
        try
        {
            messages.Add(WorkerMessageJson.Read(Encoding.UTF8.GetString(
                _line.GetBuffer(), 0, (int)_line.Length)));
        }
        catch (JsonException)
        {
            _isClosed = true;
        }
    }

    /// <summary>Asks it to end at the next slice end. Any thread.</summary>
    public void RequestStop() => Send(WorkerCommand.Stop);

    /// <summary>A peer's process is gone. Any thread.</summary>
    /// <param name="what">One line: its name, a space, and how it ended.</param>
    public void TellPeerEnded(string what) => Send($"{WorkerCommand.PeerEnded} {what}");

    /// <summary>Ends it at once. Any thread.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    /// <returns>Its exit code; 128 + signal if one killed it.</returns>
    public int WaitForExit()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        _toWorker.Dispose();
        _line.Dispose();
        _fromWorker.Dispose();
        _process.Dispose();
    }

    private void Send(string command) =>
        Send(Encoding.ASCII.GetBytes($"{command}\n"));

    private void Send(byte[] line)
    {
        lock (_gate)
        {
            try
            {
                _toWorker.Write(line);
                _toWorker.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It is gone; what it streamed tells the rest.
            }
        }
    }
}
