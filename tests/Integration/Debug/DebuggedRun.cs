using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Dilaton.Tests.Integration.Debug;

/// <summary>A `dilaton run --gdb` that waits for its debugger.</summary>
internal sealed class DebuggedRun : IDisposable
{
    private const string Waits = "dilaton: waits for GDB: target remote ";

    private readonly TempFolder _work = new();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly StringBuilder _error = new();

    /// <param name="address">A port, or unix:PATH with {0} for a folder of its own.</param>
    public DebuggedRun(string address, string program, string[] arguments, params string[] options)
    {
        address = string.Format(CultureInfo.InvariantCulture, address, _work.Path);
        var start = new ProcessStartInfo(
            "/usr/bin/env",
            [
                "--default-signal=INT,PIPE", Paths.Dilaton, "run", "-q", "-o", _work.File("results"),
                "--gdb", address, .. options, "--", program, .. arguments,
            ])
        {
            WorkingDirectory = _work.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        Address = "";
        while (Address.Length == 0 && _process.StandardError.ReadLine() is { } line)
        {
            _error.AppendLine(line);
            Address = line.StartsWith(Waits, StringComparison.Ordinal) ? line[Waits.Length..] : "";
        }
    }

    /// <summary>Where its debugger finds it; empty if it does not wait for one.</summary>
    public string Address { get; }

    public string Output => _output.Result;

    /// <summary>Its end, all of it: exit code, and what is the same for the same job.</summary>
    public (int ExitCode, string Error, string Deterministic) End()
    {
        _error.Append(_process.StandardError.ReadToEnd());
        _process.WaitForExit();
        string results = _work.File("results");
        string text = "";
        if (File.Exists(Path.Combine(results, "result.json")))
        {
            JsonObject result =
                JsonNode.Parse(File.ReadAllText(Path.Combine(results, "result.json")))!.AsObject();
            result.Remove("host");
            string[] files = ["stats.csv", "stats.json", "stats.txt", "timeline.csv"];
            text = string.Join('\n',
                [
                    Output,
                    result.ToJsonString(),
                    .. files.Select(f => File.ReadAllText(Path.Combine(results, f))),
                ]);
        }

        return (_process.ExitCode, _error.ToString(), text);
    }

    /// <summary>Lets GDB do one command a line, and go.</summary>
    public string Gdb(string script)
    {
        IEnumerable<string> commands = script.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Prepend($"target remote {Address}").Prepend("set pagination off");
        CommandResult result = Command.Run(
            "/usr/bin/gdb",
            [
                "-nx", "-batch", "-iex", "set debuginfod enabled off", "-iex", "set style enabled off",
                .. commands.SelectMany(command => new[] { "-ex", command }),
            ],
            new() { Folder = _work.Path });
        return result.Output + result.Error;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _work.Dispose();
    }
}
