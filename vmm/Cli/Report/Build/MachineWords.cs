using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>What was emulated, in words, from the resolved job.</summary>
internal static class MachineWords
{
    private static readonly string[] s_levels = ["l1i", "l1d", "l2"];

    public static IReadOnlyList<(string Label, string Text)> Of(RunFacts run)
    {
        if (run.Job is not { } job)
        {
            return [];
        }

        List<(string Label, string Text)> rows = [];
        List<JsonNode?> nodes = [.. JsonText.Items(job["nodes"])];
        rows.Add(("Nodes", Nodes(nodes)));
        Group(rows, "Cores", nodes, Cores);
        Group(rows, "Memory", nodes, Memory);
        Group(rows, "Guest", nodes, Guest);
        rows.Add(("Network", job["network"] is JsonObject network ? Network(network) : "none"));
        string peers = string.Join("; ", JsonText.Items(job["peers"]).Select(Peer));
        if (peers.Length > 0)
        {
            rows.Add(("Peers", peers));
        }

        rows.Add(("Engine", Engine(run, nodes)));
        rows.Add(("Time", Time(job)));
        string clock = string.Join("; ", JsonText.Items(run.Result?["nodes"])
            .Select(n => Text(n, "clockRung")).Where(t => t.Length > 0).Distinct());
        if (clock.Length > 0)
        {
            rows.Add(("Guest clocks", clock));
        }

        string level = Text(job, "events", "level");
        rows.Add(("Memory events", level == "filtered"
            ? "filtered: sure L1 hits are counted without a record" : level));
        string mode = Text(job, "kernel", "mode");
        rows.Add(("Kernel time", mode == "costs"
            ? $"a table of costs, copies at {Text(job, "kernel", "copyRate")}" : $"{mode}: none"));
        return rows;
    }

    private static string Nodes(List<JsonNode?> nodes)
    {
        string[] names = [.. nodes.Select(n => Text(n, "name"))];
        int cores = nodes.Sum(n => (int)Math.Max(0, JsonText.Number(JsonText.Find(n, "cores", "count"))));
        string listed = names.Length <= 8 ? string.Join(", ", names) : $"{names[0]} to {names[^1]}";
        return $"{Many(names.Length, "node")} ({listed}), {Many(cores, "core")} in all";
    }

    /// <summary>One row for nodes that are alike, else one for each kind.</summary>
    private static void Group(
        List<(string Label, string Text)> rows, string label, List<JsonNode?> nodes, Func<JsonNode?, string> say)
    {
        List<(string Text, List<string> Names)> kinds = [];
        foreach (JsonNode? node in nodes)
        {
            string text = say(node);
            int at = kinds.FindIndex(k => k.Text == text);
            if (at < 0)
            {
                kinds.Add((text, []));
                at = kinds.Count - 1;
            }

            kinds[at].Names.Add(Text(node, "name"));
        }

        foreach ((string text, List<string> names) in kinds)
        {
            string who = names.Count <= 4 ? string.Join(", ", names) : $"{names[0]} and {names.Count - 1} more";
            rows.Add((kinds.Count == 1 ? label : $"{label} of {who}", text));
        }
    }

    private static string Cores(JsonNode? node)
    {
        JsonNode? cores = JsonText.Find(node, "cores");
        string physical = Physical(cores);
        string share = Text(cores, "share") is "1" or "" ? "" : $", share {Text(cores, "share")}";
        string tdf = JsonText.Find(node, "tdf") is { } own ? $", TDF {Tdf(own)}" : "";
        List<string> kinds = [.. JsonText.Items(JsonText.Find(cores, "kinds")).Select(kind => Kind(kind, cores))];
        string what = kinds.Count == 0 ? Kind(cores, cores) : string.Join("; ", kinds);
        return $"{what}{share}{physical}{tdf}";
    }

    /// <param name="kind">Of cores that are not alike; else the cores themselves.</param>
    private static string Kind(JsonNode? kind, JsonNode? cores)
    {
        string speed = Text(kind, "speed") is "1" or "" ? "" : $"{Text(kind, "speed")} of ";
        int count = (int)JsonText.Number(JsonText.Find(kind, "count"));
        return $"{Many(count, "core")} at {speed}{Text(cores, "frequency")}, {Text(kind, "model", "kind")}, "
            + $"CPI {Text(kind, "model", "cpi")}, store buffer of {Text(kind, "model", "storeBuffer")}"
            + string.Concat(s_levels.Select(
                level => Shape(level, JsonText.Find(kind, "caches", level))));
    }

    private static string Shape(string level, JsonNode? shape)
    {
        string size = Text(shape, "size");
        string ways = Text(shape, "ways");
        return (size is "" or "null" ? "" : $", {level.ToUpperInvariant()} {size}")
            + (ways is "" or "null" ? "" : $", {level.ToUpperInvariant()} {ways} ways");
    }

    private static string Memory(JsonNode? node)
    {
        JsonNode? memory = JsonText.Find(node, "memory");
        JsonNode? caches = JsonText.Find(memory, "caches");
        List<string> parts = [Text(memory, "size")];
        foreach (string level in new[] { "l1i", "l1d", "l2", "l3" })
        {
            if (JsonText.Find(caches, level) is JsonObject cache)
            {
                parts.Add($"{level.ToUpperInvariant()} {Text(cache, "size")}, {Text(cache, "ways")} ways, "
                    + Text(cache, "latency"));
            }
        }

        JsonNode? dram = JsonText.Find(memory, "dram");
        string peer = Text(memory, "peer");
        parts.Add(peer is "" or "null"
            ? $"DRAM {Text(dram, "latency")}, {Text(dram, "bandwidth")}{Physical(dram)}"
            : $"behind the cut ({Text(memory, "cut")}) timed by the peer {peer}");
        return string.Join("; ", parts);
    }

    private static string Guest(JsonNode? node)
    {
        JsonNode? program = JsonText.Find(node, "guest", "program");
        return ShellText.Join(
            [Text(program, "path"), .. JsonText.Texts(JsonText.Find(program, "args"))]);
    }

    private static string Network(JsonObject network)
    {
        if (Text(network, "kind") == "peer")
        {
            return $"simulated by the peer {Text(network, "peer")}";
        }

        string dimensions = string.Join(" x ", JsonText.Items(network["dimensions"]).Select(d => JsonText.Text(d)));
        return $"{Text(network, "kind")}{(dimensions.Length > 0 ? $" of {dimensions}" : "")}; links of "
            + $"{Text(network, "link", "bandwidth")}, {Text(network, "link", "latency")}; switches of "
            + $"{Text(network, "switch", "latency")}{Physical(network)}";
    }

    private static string Peer(JsonNode? peer)
    {
        string config = Text(peer, "config");
        return $"{Text(peer, "name")}: {Text(peer, "kind")}"
            + (config is "" or "null" ? "" : $" with {config}");
    }

    private static string Engine(RunFacts run, List<JsonNode?> nodes)
    {
        IEnumerable<string> said = JsonText.Items(run.Result?["nodes"]).Select(n => Text(n, "engine"));
        IEnumerable<string> asked = nodes.Select(n => Text(n, "engine"));
        return string.Join("; ", (said.Any() ? said : asked).Distinct());
    }

    private static string Time(JsonObject job)
    {
        string until = Text(job, "time", "until");
        return $"{Text(job, "time", "mode")}, TDF {Tdf(JsonText.Find(job, "time", "tdf"))}, "
            + $"slice {Text(job, "time", "slice")}, "
            + $"memory feedback every {Text(job, "time", "weave")} ({Text(job, "time", "feedback")}), nodes kept "
            + $"together {Text(job, "sync", "mode")}" + (until is "" or "null" ? "" : $", at most {until}");
    }

    /// <summary>A factor, or a schedule of factors.</summary>
    private static string Tdf(JsonNode? tdf) => tdf is JsonArray
        ? string.Join(", then ", JsonText.Items(tdf).Select(t => $"{Text(t, "factor")} from {Text(t, "from")}"))
        : JsonText.Text(tdf) ?? "1";

    private static string Physical(JsonNode? part) =>
        Text(part, "rates") == "physical" ? " (physical: seems faster by the TDF)" : "";

    private static string Text(JsonNode? node, params ReadOnlySpan<string> keys) =>
        JsonText.Text(JsonText.Find(node, keys)) ?? "";

    private static string Many(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
