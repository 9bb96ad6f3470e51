using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
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
    private readonly AnonymousPipeServerStream _toWorker;
    private readonly AnonymousPipeServerStream _fromWorker;
    private readonly StreamReader _messages;
    private readonly Process _process;

    // Guards _toWorker: the job and a stop from a signal's thread.
    private readonly Lock _gate = new();

    private WorkerProcess(
        AnonymousPipeServerStream toWorker, AnonymousPipeServerStream fromWorker, Process process)
    {
        _toWorker = toWorker;
        _fromWorker = fromWorker;
        _messages = new StreamReader(fromWorker);
        _process = process;
    }

    public int ProcessId => _process.Id;

    /// <summary>Must be called on the process's first thread: the worker dies with the thread that
    /// started it.</summary>
    public static WorkerProcess Start(Job job)
    {
        AnonymousPipeServerStream toWorker =
            new(PipeDirection.Out, HandleInheritability.Inheritable);
        AnonymousPipeServerStream fromWorker =
            new(PipeDirection.In, HandleInheritability.Inheritable);
        ProcessStartInfo start = new(OwnExecutable()) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli.dll"));
        }

        start.ArgumentList.Add("worker");
        start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(toWorker.GetClientHandleAsString());
        start.ArgumentList.Add(fromWorker.GetClientHandleAsString());
        Process process = Process.Start(start)
            ?? throw new InvalidOperationException("the worker did not start");
        toWorker.DisposeLocalCopyOfClientHandle();
        fromWorker.DisposeLocalCopyOfClientHandle();
        WorkerProcess worker = new(toWorker, fromWorker, process);
        worker.SendJob(job);
        return worker;
    }

    /// <returns>The next message, or null once the worker's end is closed.</returns>
    public WorkerMessage? Read()
    {
        string? line = _messages.ReadLine();
        if (line is null || !line.StartsWith('{'))
        {
            return null;
        }

        try
        {
            return WorkerMessageJson.Read(line);
        }
        catch (JsonException)
        {
            // The last line of a worker that died while it wrote.
            return null;
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
        _messages.Dispose();
        _fromWorker.Dispose();
        _process.Dispose();
    }

    private static string OwnExecutable()
    {
        string beside = Path.Combine(AppContext.BaseDirectory, "Dilaton.Cli");
        return File.Exists(beside) ? beside : Environment.ProcessPath!;
    }

    private void SendJob(Job job)
    {
        Send([.. JobWriter.Write(job, indented: false), (byte)'\n']);
    }

    private void Send(string command) =>
        Send(System.Text.Encoding.ASCII.GetBytes($"{command}\n"));

    private void Send(byte[] line)
    {
        lock (_gate)
        {
            try
            {
                _toWorker.Write(line);
                _toWorker.Flush();
            }
            catch (IOException)
            {
                // It is gone; what it streamed tells the rest.
            }
        }
    }
}
