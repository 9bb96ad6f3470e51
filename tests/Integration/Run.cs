using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>One `./dilaton run` (or launch) in folders of its own, with its results in memory.
/// </summary>
internal sealed class Run
{
    private readonly Dictionary<string, string> _files = [];

    private Run(CommandResult process, string results)
    {
        Process = process;
        if (Directory.Exists(results))
        {
            EndedAt = File.GetLastWriteTimeUtc(Path.Combine(results, "result.json"));
            foreach (string file in Directory.GetFiles(results, "*", SearchOption.AllDirectories))
            {
                _files[Path.GetRelativePath(results, file)] = File.ReadAllText(file);
            }
        }
    }

    public CommandResult Process { get; }

    public int ExitCode => Process.ExitCode;

    public string Output => Process.Output;

    public string Error => Process.Error;

    /// <summary>When result.json, the last file, was written.</summary>
    public DateTime EndedAt { get; }

    /// <summary>Files of the result folder by relative path.</summary>
    public IReadOnlyDictionary<string, string> Files => _files;

    public JsonNode Result => JsonNode.Parse(_files["result.json"])!;

    public JsonNode Node => Result["nodes"]![0]!;

    public ulong VirtualTimePs => Node["virtualTimePs"]!.GetValue<ulong>();

    public ulong Instructions => Node["instructions"]!.GetValue<ulong>();

    public int GuestExitCode => Node["guest"]!["exitCode"]!.GetValue<int>();

    public int GuestSignal => Node["guest"]!["signal"]!.GetValue<int>();

    public string GuestMessage => Node["guest"]!["message"]!.GetValue<string>();

    /// <summary>All that must be the same for the same job: everything but the host's part.
    /// </summary>
    public string Deterministic
    {
        get
        {
            JsonObject result = Result.AsObject();
            result.Remove("host");
            IEnumerable<string> statistics = _files.Keys
                .Where(f => f.StartsWith("stats.", StringComparison.Ordinal) || f == "timeline.csv")
                .Order(StringComparer.Ordinal).Select(f => $"{f}\n{_files[f]}");
            return string.Join('\n',
                [Output, result.ToJsonString(s_indented), .. statistics]);
        }
    }

    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true };

    /// <summary>A figure of stats.json whose name ends so.</summary>
    public decimal Statistic(string suffix) =>
        Objects(JsonNode.Parse(_files["stats.json"]))
            .Where(o => o["name"] is JsonValue name
                && name.GetValue<string>().EndsWith(suffix, StringComparison.Ordinal))
            .Select(o => decimal.Parse(
                o["value"]!.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture))
            .First();

    /// <summary>Each vCPU's cycles are executed + stall + kernel + waiting, exactly: with CPI 1
    /// all are whole.</summary>
    public void AddsUp(int cores)
    {
        for (int i = 0; i < cores; i++)
        {
            string[] parts = ["executed", "stall", "kernel", "waiting"];
            decimal sum = parts.Sum(p => Statistic($"vcpu{i}.cycles.{p}"));
            sum.ShouldBe(Statistic($"vcpu{i}.numCycles"), $"vcpu{i}");
            string[] causes = ["l1", "fetch", "l2", "l3", "memory", "storeBuffer", "tlb", "window"];
            string[] asked = ["branch", "estimated"];
            string statistics = Files["stats.json"];
            causes
                .Concat(asked.Where(
                    c => statistics.Contains($"vcpu{i}.cycles.stall.{c}", StringComparison.Ordinal)))
                .Sum(c => Statistic($"vcpu{i}.cycles.stall.{c}"))
                .ShouldBe(Statistic($"vcpu{i}.cycles.stall"), $"vcpu{i}");
        }
    }

    /// <summary>`dilaton run OPTIONS -- PROGRAM ARGS`, in an empty working folder.</summary>
    public static Run Of(
        IEnumerable<string> options, string program, IEnumerable<string> arguments,
        CommandSettings? settings = null)
    {
        using var folder = new TempFolder();
        using var work = new TempFolder();
        string results = folder.File("results");
        CommandResult process = Command.Run(
            Paths.Dilaton,
            ["run", "-q", "-o", results, .. options, "--", program, .. arguments],
            (settings ?? new()) with { Folder = settings?.Folder ?? work.Path });
        return new Run(process, results);
    }

    /// <summary>`dilaton run --kernel KERNEL OPTIONS`.</summary>
    public static Run Booted(string kernel, IEnumerable<string> options, CommandSettings settings)
    {
        using var folder = new TempFolder();
        string results = folder.File("results");
        CommandResult process = Command.Run(
            Paths.Dilaton,
            ["run", "-q", "-o", results, "--kernel", kernel, .. options],
            settings with { Folder = folder.Path });
        return new Run(process, results);
    }

    public static Run Of(string program, params string[] arguments) => Of([], program, arguments);

    /// <summary>`dilaton launch` of a job text, without -q.</summary>
    public static Run Job(string yaml, params string[] options) => JobWith(yaml, new(), options);

    /// <summary>The same, with something done to it while it runs.</summary>
    public static Run JobWith(string yaml, CommandSettings settings, params string[] options)
    {
        using var folder = new TempFolder();
        string results = folder.File("results");
        string job = folder.Write("job.yaml", yaml);
        CommandResult process = Command.Run(
            Paths.Dilaton, ["launch", job, "-o", results, .. options],
            settings with { Folder = folder.Path });
        return new Run(process, results);
    }

    /// <summary>One that has ended, whose results are there.</summary>
    public static Run At(string results, CommandResult process) => new(process, results);

    /// <summary>The same program natively, in an empty working folder.</summary>
    public static CommandResult Native(
        string program, IEnumerable<string> arguments, CommandSettings? settings = null)
    {
        using var work = new TempFolder();
        return Command.Run(program, arguments,
            (settings ?? new()) with { Folder = settings?.Folder ?? work.Path });
    }

    private static IEnumerable<JsonObject> Objects(JsonNode? node) => node switch
    {
        JsonObject o => new[] { o }.Concat(o.Select(p => p.Value).SelectMany(Objects)),
        JsonArray a => a.SelectMany(Objects),
        _ => [],
    };
}
