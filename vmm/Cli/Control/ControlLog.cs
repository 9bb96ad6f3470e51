using System.Text;
using System.Text.Json;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What was said to a job while it ran, as far as it shows in the results: control.log, a
/// line of JSON each. docs/howto/control.md.</summary>
internal static class ControlLog
{
    public const string FileName = "control.log";
    public const string Version = "dilaton-control/v1";

    public static string Head(string job) => Line(json =>
    {
        json.WriteString("control", Version);
        json.WriteString("job", job);
    });

    public static string LineOf(ControlChange change) => Line(json =>
    {
        json.WriteString("setTdf", RatioText.Format(change.Factor));
        json.WriteNumber("atPs", change.At.Picoseconds);
        json.WriteStartArray("nodes");
        foreach ((string node, VirtualTime known) in change.Nodes)
        {
            json.WriteStartObject();
            json.WriteString("node", node);
            json.WriteNumber("knownPs", known.Picoseconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>The changes of a log, which are those of this job.</summary>
    /// <returns>Null if it can't be, which was reported.</returns>
    public static IReadOnlyList<ControlChange>? Read(SourceText log, Job job, DiagnosticBag bag)
    {
        string[] lines = log.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        List<ControlChange> changes = [];
        for (int i = 0; i < lines.Length; i++)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(lines[i]);
                if (i > 0)
                {
                    changes.Add(ChangeOf(document.RootElement));
                }
                else if (document.RootElement.GetProperty("control").GetString() != Version)
                {
                    throw new FormatException();
                }
            }
            catch (Exception e) when (e is JsonException or KeyNotFoundException
                or InvalidOperationException or FormatException)
            {
                Report(bag, log, i, $"this is no line of a control log ({Version})");
                return null;
            }
        }

        if (lines.Length == 0)
        {
            Report(bag, log, 0, $"this is no control log ({Version})");
            return null;
        }

        return IsOf(log, changes, job, bag) ? changes : null;
    }

    /// <summary>Each must be what the job could have been told.</summary>
    private static bool IsOf(
        SourceText log, List<ControlChange> changes, Job job, DiagnosticBag bag)
    {
        string[] names = [.. job.Nodes.Select(node => node.Name)];
        for (int i = 0; i < changes.Count; i++)
        {
            ControlChange change = changes[i];
            foreach ((string node, _) in change.Nodes)
            {
                if (!names.Contains(node))
                {
                    Report(
                        bag, log, i + 1, $"the job has no node '{node}'", Spelling.Help(node, names));
                    return false;
                }
            }

            DiagnosticBag own = new();
            Job? next = ControlledTdf.Apply(
                job, change.Factor, change.At, [.. change.Nodes.Select(each => each.Node)], own);
            if (next is null)
            {
                Report(bag, log, i + 1, own.Items[0].Message, own.Items[0].Help);
                return false;
            }

            job = next;
        }

        return true;
    }

    private static ControlChange ChangeOf(JsonElement line)
    {
        if (!RatioText.TryParse(
                line.GetProperty("setTdf").GetString() ?? "", out Ratio factor, out _)
            || DilationReader.MistakeOf(factor) is not null)
        {
            throw new FormatException();
        }

        return new ControlChange(
            factor,
            new VirtualTime(line.GetProperty("atPs").GetUInt64()),
            [
                .. line.GetProperty("nodes").EnumerateArray().Select(node => (
                    node.GetProperty("node").GetString() ?? "",
                    new VirtualTime(node.GetProperty("knownPs").GetUInt64()))),
            ]);
    }

    private static void Report(
        DiagnosticBag bag, SourceText log, int index, string message, string help = "") =>
        bag.Add(new Diagnostic(
            DiagnosticCode.ControlLog, true, message, log, new SourceMark(index + 1, 1), 1, help));

    private static string Line(Action<Utf8JsonWriter> properties)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            properties(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length) + "\n";
    }
}
