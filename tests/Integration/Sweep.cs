using System.Diagnostics;
using System.Text.Json.Nodes;
using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>A sweep's folder with its job, and `dilaton sweep` on it.</summary>
internal sealed class Sweep : IDisposable
{
    private readonly TempFolder _work;
    private readonly bool _isOwner;

    /// <param name="folder">Of the results; null: one of its own.</param>
    public Sweep(string job, string? folder = null)
    {
        _work = new TempFolder();
        _isOwner = true;
        JobFile = _work.Write("job.yaml", job);
        Folder = folder ?? _work.File("out");
    }

    /// <summary>The same sweep, which must outlive it, with other results.</summary>
    public Sweep(Sweep same)
    {
        _work = same._work;
        JobFile = same.JobFile;
        Folder = _work.File("again");
    }

    /// <summary>Loops of a bare guest: eight points of a few milliseconds each.</summary>
    public static string Small => $$"""
        apiVersion: dilaton/v1
        name: small
        nodes:
          - cores: {rates: physical}
            memory: {size: 64MiB, dram: {rates: physical} }
            guest: {program: {path: {{Paths.Guest("chase")}}, args: ["65536", "1000"]} }
        sweep:
          parameters:
            tdf: [1..100 log 4]
            cores.frequency: [1GHz, 2GHz]
          metrics: ["*.dram.reads"]

        """;

    public string JobFile { get; }

    public string Folder { get; }

    public string Results => File("results.csv");

    /// <summary>Columns of points.csv, without its head: point first, status last.</summary>
    public string[][] Points => [.. Lines("points.csv").Skip(1).Select(line => line.Split(','))];

    public string[] Statuses => [.. Points.Select(point => point[^1])];

    public string File(string name) => System.IO.File.ReadAllText(PathOf(name));

    public string[] Lines(string name) => System.IO.File.ReadAllLines(PathOf(name));

    public string PathOf(string name) => Path.Combine(Folder, name);

    public string RunPath(string id, string name) => Path.Combine(Folder, "runs", id, name);

    public void Change(string from, string to) => System.IO.File.WriteAllText(
        JobFile, System.IO.File.ReadAllText(JobFile).Replace(from, to, StringComparison.Ordinal));

    public CommandResult Run(params string[] options) => RunWith(new(), options);

    public CommandResult RunWith(CommandSettings settings, params string[] options) => Command.Run(
        Paths.Dilaton, ["sweep", JobFile, "-o", Folder, .. options],
        settings with { Folder = _work.Path });

    /// <summary>Runs it to a good end.</summary>
    public Sweep Good(params string[] options)
    {
        CommandResult result = Run(options);
        result.ExitCode.ShouldBe(0, result.Error + result.Output);
        return this;
    }

    /// <summary>Starts it and does not wait; its output is thrown away.</summary>
    public Process Start(params string[] options) => StartWith([], options);

    /// <param name="variables">Of the environment: NAME=value.</param>
    public Process StartWith(string[] variables, params string[] options)
    {
        string[] words = [Paths.Dilaton, "sweep", JobFile, "-o", Folder, .. options];
        string[] shell = ["--default-signal=INT,PIPE", "sh", "-c", "exec \"$@\" >out.txt 2>err.txt </dev/null", "sh"];
        return Process.Start(new ProcessStartInfo("/usr/bin/env", [shell[0], .. variables, .. shell[1..], .. words])
        {
            WorkingDirectory = _work.Path,
            UseShellExecute = false,
        })!;
    }

    /// <summary>What the started one said.</summary>
    public string Error => System.IO.File.ReadAllText(_work.File("err.txt"));

    /// <summary>Waits until something has happened in the folder, or the process has ended.</summary>
    public static void Wait(Process process, Func<bool> happened)
    {
        while (!happened() && !process.WaitForExit(1))
        {
        }
    }

    /// <param name="pattern">FOLDER/*/NAME.</param>
    public bool HasFiles(string pattern, int least)
    {
        string[] parts = pattern.Split("/*/");
        return least == 0 || (Directory.Exists(PathOf(parts[0]))
            && Directory.EnumerateDirectories(PathOf(parts[0]))
                .Count(folder => System.IO.File.Exists(Path.Combine(folder, parts[1]))) >= least);
    }

    /// <summary>Files and folders, however deep.</summary>
    public int Entries => Directory.Exists(Folder)
        ? Directory.EnumerateFileSystemEntries(Folder, "*", s_deep).Count()
        : 0;

    private static readonly EnumerationOptions s_deep =
        new() { RecurseSubdirectories = true, IgnoreInaccessible = true };

    public JsonNode Summary(params string[] options)
    {
        CommandResult result = Run(["--json", .. options]);
        result.ExitCode.ShouldBe(0, result.Error);
        return JsonNode.Parse(result.Output)!;
    }

    public void Dispose()
    {
        if (_isOwner)
        {
            _work.Dispose();
        }
    }
}
