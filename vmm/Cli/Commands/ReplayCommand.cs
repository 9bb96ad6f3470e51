using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Dilaton.Core;
using Dilaton.Models.Memory;

namespace Dilaton.Cli;

/// <summary>`dilaton replay TRACE`: a trace through the models of the memory, without a guest.
/// </summary>
internal static class ReplayCommand
{
    private const string Machine =
        "apiVersion: dilaton/v1\nnodes:\n  - guest: {program: {path: none}}\n";

    public static Command Build()
    {
        Argument<string> trace = new("TRACE") { Description = "A file of requests to the memory." };
        Argument<string[]> settings = new("path=value")
        {
            Description = "Of the machine, such as memory.dram.kind=ddr4-3200; memory and cores only.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string> format = new("--format")
        {
            Description = "What wrote it.",
            HelpName = "FORMAT",
            DefaultValueFactory = _ => JobChoices.Trace.Words[1],
        };
        format.AcceptOnlyFromAmong([.. JobChoices.Trace.Words.Skip(1)]);
        Option<string?> output = new("--output", "-o")
        {
            Description = "Write the requests to this file, in the format of --to, and replay nothing.",
            HelpName = "FILE",
        };
        Option<string?> to = new("--to")
        {
            Description = "Format of the file that -o names.",
            HelpName = "FORMAT",
        };
        to.AcceptOnlyFromAmong([.. JobChoices.Trace.Words.Skip(1)]);
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new(
            "replay", "Run a trace through the models of the memory, without a guest.")
        {
            trace, settings, format, to, output, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(to) is null != result.GetValue(output) is null)
            {
                result.AddError("--to and -o belong together");
            }
        });
        command.SetAction(parsed => Run(
            parsed.GetValue(trace)!,
            parsed.GetValue(settings) ?? [],
            FormatOf(parsed.GetValue(format)!),
            parsed.GetValue(to) is { } word ? FormatOf(word) : null,
            parsed.GetValue(output),
            parsed.GetValue(json)));
        return command;
    }

    private static TraceFormat FormatOf(string word) =>
        TraceMapping.FormatOf(JobChoices.Trace.TryParse(word, out TraceChoice choice)
            ? choice
            : TraceChoice.Dilaton)!.Value;

    private static int Run(
        string file, string[] settings, TraceFormat format, TraceFormat? to, string? output, bool json)
    {
        DiagnosticBag bag = new();
        NodeJob? node = Read(settings, bag);
        string text = "";
        if (node is not null && !bag.HasErrors)
        {
            try
            {
                using TraceReader trace = new(File.OpenRead(file), format, node.Cores.Frequency);
                text = to is { } target
                    ? Convert(trace, output!, target, node.Cores.Frequency)
                    : Replay(trace, node, json);
            }
            catch (TraceException broken)
            {
                bag.Error(DiagnosticCode.TraceDamaged, $"{file}: {broken.Message}",
                    $"read as {TraceMapping.WordOf(format)}; --format says what wrote it");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                bag.Error(DiagnosticCode.TraceUnreadable, e.Message);
            }
        }

        Console.Error.Write(bag.Print());
        Console.Out.Write(bag.HasErrors ? "" : text);
        return bag.HasErrors ? ExitCode.Usage : ExitCode.Ok;
    }

    /// <summary>The machine that the settings describe.</summary>
    private static NodeJob? Read(string[] settings, DiagnosticBag bag)
    {
        CommandLineText changes = new();
        foreach (string setting in settings)
        {
            if (!setting.StartsWith("memory.", StringComparison.Ordinal)
                && !setting.StartsWith("cores.", StringComparison.Ordinal))
            {
                bag.Error(DiagnosticCode.BadOverride,
                    $"{setting}: a trace has no guest to change", "memory.* and cores.* only");
            }

            changes.AddOverride(setting);
        }

        JobLoader loader = new(bag);
        return loader.FromText(new SourceText("replay", Machine), changes)?.Nodes[0];
    }

    private static string Convert(
        TraceReader trace, string output, TraceFormat format, Frequency clock)
    {
        ulong count = 0;
        using TraceWriter writer = new(
            new FileStream(output, FileMode.CreateNew), format, clock, TraceMapping.Origin);
        while (trace.TryRead(out TraceRecord record))
        {
            writer.Write(record);
            count++;
        }

        return $"{output}: {count} requests\n";
    }

    private static string Replay(TraceReader trace, NodeJob node, bool json)
    {
        TraceReplay replay = new(
            DramMapping.Create("memory", node.Memory, node.Cores.Count),
            node.Cores.Count,
            (int)node.Memory.Caches.LineSize.Bytes);
        replay.Run(trace);
        StatisticsList list = new();
        replay.Collect(list);
        return json ? Json(list) : Text(list);
    }

    private static string Text(StatisticsList list)
    {
        StringBuilder text = new();
        foreach (Statistic item in list.Items)
        {
            text.Append($"{item.Name,-44} {StatisticText.Value(item),20}  # {item.Description} "
                + $"({item.Unit})\n");
        }

        return text.ToString();
    }

    private static string Json(StatisticsList list)
    {
        JsonObject all = [];
        foreach (Statistic item in list.Items)
        {
            string value = StatisticText.Value(item);
            all[item.Name] = new JsonObject
            {
                ["value"] = value is "nan" or "inf" ? null : JsonNode.Parse(value),
                ["unit"] = item.Unit,
            };
        }

        return all.ToJsonString(PrettyJson.Options) + "\n";
    }
}
