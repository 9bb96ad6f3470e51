using System.Runtime.InteropServices;
using System.Text;

namespace Dilaton.Cli;

/// <summary>Runs jobs of built-in guests as `dilaton launch` would: front, worker, translator,
/// models, statistics. Folders are temporary, also if Ctrl-C ends it.</summary>
internal sealed class LawBench : IDisposable
{
    private const UnixFileMode Executable =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder =
        Directory.CreateTempSubdirectory("dilaton-validate-").FullName;

    private readonly TextWriter _progress;
    private readonly string _command;
    private readonly PosixSignalRegistration _interrupt;
    private readonly PosixSignalRegistration _terminate;
    private volatile int _stopCode;

    /// <param name="subject">What is measured; left out: the parts of this version.</param>
    /// <param name="command">In whose name it tells.</param>
    public LawBench(
        bool quick, TextWriter progress, LawSubject? subject = null, string command = "validate")
    {
        _command = command;
        Subject = subject ?? LawSubject.Own;
        IsQuick = quick;
        _progress = progress;
        _interrupt = PosixSignalRegistration.Create(
            PosixSignal.SIGINT, context => Stop(context, ExitCode.Interrupted));
        _terminate = PosixSignalRegistration.Create(
            PosixSignal.SIGTERM, context => Stop(context, ExitCode.Terminated));
    }

    public LawSubject Subject { get; }

    /// <summary>For the guests; it goes with the bench.</summary>
    public string Folder => _folder;

    /// <summary>Less of each law, in a fraction of the time.</summary>
    public bool IsQuick { get; }

    /// <summary>Says what is being done.</summary>
    public void Tell(string what) => _progress.Write($"dilaton: {_command}: {what}\n");

    /// <exception cref="LawRunException">Ctrl-C or SIGTERM has come.</exception>
    public void ThrowIfStopped()
    {
        if (_stopCode != ExitCode.Ok)
        {
            throw new LawRunException(_stopCode, "stopped");
        }
    }

    /// <param name="keys">Keys of the job besides its nodes, each a line of YAML.</param>
    /// <param name="changes">path=value.</param>
    /// <exception cref="LawRunException">It did not end well.</exception>
    public LawRun Run(IReadOnlyList<LawNode> nodes, string keys, params string[] changes)
    {
        ThrowIfStopped();
        StringBuilder yaml = new($"apiVersion: {Job.Version}\nname: validate\nnodes:\n");
        foreach (LawNode node in nodes)
        {
            string program = WriteGuest(node.Name, node.Image);
            yaml.Append($"  - name: {node.Name}\n");
            yaml.Append($"    guest: {{files: [{{path: {_folder}}}], ");
            yaml.Append($"program: {{path: {program}, cwd: {_folder}, stdin: none, stdout: file}}}}\n");
            if (node.Keys.Length > 0)
            {
                yaml.Append($"    {node.Keys}\n");
            }
        }

        SourceText source = new("validate", $"{yaml}{keys}\n");
        LoadedJob job = Load(source, changes);
        string results = Path.Combine(_folder, "results");
        int code = Subject.Launch(
            source, changes, new FrontOptions { Quiet = true, Folder = results, Force = false });
        return code == ExitCode.Ok
            ? new LawRun(job.Resolved, results)
            : throw new LawRunException(code, $"a run ended with code {code}");
    }

    /// <exception cref="LawRunException">It is no job.</exception>
    public static LoadedJob Load(SourceText source, IReadOnlyList<string> changes)
    {
        DiagnosticBag bag = new();
        LoadedJob? job = JobPreparation.ForText(source, changes, bag);
        return job is null || bag.HasErrors ? throw new LawRunException(ExitCode.Bug, bag.Print()) : job;
    }

    /// <returns>Path of the program.</returns>
    public string WriteGuest(string name, byte[] image)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, image);
        if (OperatingSystem.IsLinux()) // Always: it is what lets the call through the analyzer.
        {
            File.SetUnixFileMode(path, Executable);
        }

        return path;
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _terminate.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Stop(PosixSignalContext context, int code)
    {
        context.Cancel = true;
        _stopCode = code;
    }
}
