using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>A job that runs while `dilaton ctl` tells it something.</summary>
internal sealed class RunningJob : IDisposable
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    private readonly TempFolder _work = new();
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private RunningJob(params string[] words)
    {
        Folder = _work.File("results");
        var start = new ProcessStartInfo(
            "/usr/bin/env",
            ["--default-signal=INT,PIPE", Paths.Dilaton, words[0], "-q", "-o", Folder, .. words[1..]])
        {
            WorkingDirectory = _work.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NO_COLOR"] = "1";
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = _process.StandardError.ReadToEndAsync();
        while (!File.Exists(Path.Combine(Folder, "control.sock")) && !_process.WaitForExit(5))
        {
        }
    }

    public string Folder { get; }

    public int ProcessId => _process.Id;

    public string Error => _error.Result;

    public string Output => _output.Result;

    /// <summary>`dilaton run`, reached by its socket.</summary>
    public static RunningJob Of(string program, string[] arguments, params string[] options) =>
        new(["run", .. options, "--", program, .. arguments]);

    /// <summary>`dilaton launch`.</summary>
    public static RunningJob Launch(string job, params string[] options)
    {
        using TempFolder folder = new();
        return new(["launch", folder.Write("job.yaml", job), .. options]);
    }

    /// <summary>`dilaton run --kernel`.</summary>
    public static RunningJob Booted(string kernel, params string[] options) =>
        new(["run", "--kernel", kernel, .. options]);

    public CommandResult Ctl(params string[] words) => Ctl(Folder, words);

    public static CommandResult Ctl(string folder, string[] words) =>
        Command.Run(Paths.Dilaton, ["ctl", folder, .. words]);

    /// <summary>Says what must be done.</summary>
    public string Say(params string[] words)
    {
        CommandResult result = Ctl(words);
        result.ExitCode.ShouldBe(0, $"{result.Error} {(_process.HasExited ? Error : "")}");
        return result.Output;
    }

    /// <summary>Says something that can be done only once the guest has got another byte, unless it has
    /// not come to ask for it, and then gives it to it.</summary>
    public string SayBeforeInput(string input, params string[] words)
    {
        int waiting = Status()["waiting"]!.GetValue<int>();
        Task<string> said = Task.Run(() => Say(words));
        while (!said.IsCompleted && Status()["waiting"]!.GetValue<int>() <= waiting)
        {
        }

        Input(input);
        return said.Result;
    }

    public JsonNode Status() => JsonNode.Parse(Say("status", "--json"))!;

    public void Input(string text)
    {
        _process.StandardInput.Write(text);
        _process.StandardInput.Flush();
    }

    public int WaitForEnd()
    {
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public string Text(string name) => File.ReadAllText(Path.Combine(Folder, name));

    public bool Has(string name) => File.Exists(Path.Combine(Folder, name));

    /// <summary>All that must be the same for the same job: everything but the host's part.</summary>
    public string Deterministic
    {
        get
        {
            JsonObject result = JsonNode.Parse(Text("result.json"))!.AsObject();
            result.Remove("host");
            string[] statistics = ["stats.csv", "stats.json", "stats.txt", "timeline.csv"];
            return string.Join('\n', [Output, result.ToJsonString(s_indented), .. statistics.Select(name => $"{name}\n{Text(name)}")]);
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
        _work.Dispose();
    }
}
