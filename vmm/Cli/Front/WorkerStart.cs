using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;

namespace Dilaton.Cli;

/// <summary>A worker's process and the two pipes to it.
/// <code>
/// front ── job, then commands ──> worker
/// front &lt;── one message a line ── worker
/// </code></summary>
internal sealed class WorkerStart : IDisposable
{
    private readonly AnonymousPipeServerStream _toWorker;

    // Guards _toWorker: the job, and a stop from a signal's thread.
    private readonly Lock _gate = new();

    private WorkerStart(
        AnonymousPipeServerStream toWorker, AnonymousPipeServerStream fromWorker, Process process)
    {
        _toWorker = toWorker;
        FromWorker = fromWorker;
        Process = process;
    }

    public AnonymousPipeServerStream FromWorker { get; }

    public Process Process { get; }

    /// <summary>Must be called on the process's first thread: the worker dies with the thread that
    /// started it.</summary>
    /// <param name="ownStreams">The guest's standard output and error are ours too; else they can be
    /// read from <see cref="Process"/>.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The host gives no more processes.
    /// </exception>
    public static WorkerStart Run(bool ownStreams)
    {
        AnonymousPipeServerStream toWorker =
            new(PipeDirection.Out, HandleInheritability.Inheritable);
        AnonymousPipeServerStream fromWorker =
            new(PipeDirection.In, HandleInheritability.Inheritable);
        ProcessStartInfo start = new(OwnCommand.Words[0], [.. OwnCommand.Words.Skip(1), "worker"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = !ownStreams,
            RedirectStandardError = !ownStreams,
        };

        // Nobody attaches to a process that runs foreign code: no socket for it in the temporary folder.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.ArgumentList.Add(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        start.ArgumentList.Add(toWorker.GetClientHandleAsString());
        start.ArgumentList.Add(fromWorker.GetClientHandleAsString());
        Process process = Process.Start(start)
            ?? throw new InvalidOperationException("the worker did not start");
        toWorker.DisposeLocalCopyOfClientHandle();
        fromWorker.DisposeLocalCopyOfClientHandle();
        return new WorkerStart(toWorker, fromWorker, process);
    }

    /// <summary>Its place and its job, a line each. A worker that is gone takes nothing.</summary>
    public static byte[] Part(Job job, WorkerPlace place) =>
        [.. WorkerPlaceJson.Write(place), .. JobWriter.Write(job, indented: false), (byte)'\n'];

    /// <summary>Any thread.</summary>
    public void Send(string command) => Send(Encoding.ASCII.GetBytes($"{command}\n"));

    /// <summary>Any thread.</summary>
    public void Send(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            try
            {
                _toWorker.Write(lines);
                _toWorker.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It is gone; what it streamed tells the rest.
            }
        }
    }

    /// <summary>Any thread.</summary>
    public void Kill()
    {
        try
        {
            Process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It is gone already.
        }
    }

    public void Dispose()
    {
        _toWorker.Dispose();
        FromWorker.Dispose();
        Process.Dispose();
    }
}
