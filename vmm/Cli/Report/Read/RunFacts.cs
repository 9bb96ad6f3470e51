using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>A result folder as read; what is missing or broken is null or empty.</summary>
internal sealed record RunFacts
{
    public required string Folder { get; init; }

    public JsonObject? Result { get; init; }

    /// <summary>The resolved job.</summary>
    public JsonObject? Job { get; init; }

    public JsonObject? Environment { get; init; }

    public JsonObject? Host { get; init; }

    /// <summary>In the order of virtual time; the last is the end of the run.</summary>
    public IReadOnlyList<RunDump> Dumps { get; init; } = [];

    /// <summary>Of each node in turn; empty if it was not read.</summary>
    public IReadOnlyList<TimelineRow> Timeline { get; init; } = [];

    public IReadOnlyList<HostTimelineRow> HostTimeline { get; init; } = [];

    /// <summary>Of the nodes that have one; empty if none was read.</summary>
    public IReadOnlyList<ReportProfile> Profiles { get; init; } = [];

    public IReadOnlyList<RunStatistic> Statistics => Dumps.Count > 0 ? Dumps[^1].Statistics : [];

    public string Status => JsonText.Text(Result?["status"]) ?? "missing";

    /// <summary>It went well, or every node that did not end by itself reached time.until, which
    /// ends many a run that has no end of its own.</summary>
    public bool IsWell => Status == "ok" || (Status == "limit-reached" && JsonText.Items(Result?["nodes"]).All(
        n => JsonText.Text(n?["status"]) == "ok" || JsonText.Text(n?["end"]) == NodeEndWords.Until));

    public string Reason => JsonText.Text(Result?["reason"]) ?? "no result.json: it has not ended";

    /// <summary>Virtual time of the last node's end, in picoseconds; NaN if there is none.</summary>
    public double VirtualTimePs
    {
        get
        {
            double end = double.NaN;
            foreach (JsonNode? node in JsonText.Items(Result?["nodes"]))
            {
                double at = JsonText.Number(node?["virtualTimePs"]);
                end = double.IsNaN(end) || at > end ? at : end;
            }

            return end;
        }
    }
}
