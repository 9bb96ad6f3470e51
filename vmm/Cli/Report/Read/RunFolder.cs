using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>Reads what one run left.</summary>
internal static class RunFolder
{
    public static bool Is(FolderFiles files) =>
        files.Has("result.json") || (files.Has(ResultFolder.MarkName) && files.Has("job.resolved.json"));

    /// <param name="withTimeline">False leaves timelines and profiles unread.</param>
    public static RunFacts Read(FolderFiles files, bool withTimeline = true)
    {
        JsonObject? result = files.Object("result.json");
        RunFacts facts = new()
        {
            Folder = files.Root,
            Result = result,
            Job = files.Object("job.resolved.json"),
            Environment = files.Object("env.json"),
            Host = files.Object("host.json"),
            Dumps = Dumps(files),
            Timeline = withTimeline ? TimelineReading.Virtual(files) : [],
            HostTimeline = withTimeline ? TimelineReading.Host(files) : [],
            Profiles = withTimeline ? ProfileReading.Read(files, result) : [],
        };
        if (result is not null && facts.Dumps.Count == 0 && !files.Has("stats.json"))
        {
            files.Note("stats.json", 0, "not there: the job's outputs.statistics lacks json, or no guest started");
        }

        return facts;
    }

    private static List<RunDump> Dumps(FolderFiles files)
    {
        List<RunDump> dumps = [];
        foreach (JsonNode? dump in JsonText.Items(files.Object("stats.json")?["dumps"]))
        {
            List<RunStatistic> items = [];
            foreach (JsonNode? item in JsonText.Items(JsonText.Find(dump, "statistics")))
            {
                if (item is JsonObject && JsonText.Text(item["name"]) is { } name)
                {
                    items.Add(new RunStatistic(
                        name,
                        JsonText.Number(item["value"]),
                        JsonText.Text(item["unit"]) ?? "",
                        JsonText.Text(item["description"]) ?? ""));
                }
            }

            dumps.Add(new RunDump(JsonText.Number(JsonText.Find(dump, "tick")), items));
        }

        return dumps;
    }
}
