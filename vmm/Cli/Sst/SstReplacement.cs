using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Dilaton.Cli;

/// <summary>Puts `dilaton.Vcpus` in the place of processors of a graph. What lies behind their
/// slots `memory`, or their ports `cache_link` or `cache_link_N`, stays as it is; Ariel, Miranda,
/// Prospero and memHierarchy's own processors have one of these.</summary>
internal sealed partial class SstReplacement
{
    private const string NewType = "dilaton.Vcpus";
    private const string MemorySlot = "memory";

    private readonly SstGraph _graph;
    private readonly List<SstInterface> _interfaces = [];
    private readonly List<JsonObject> _old = [];
    private readonly List<string> _notes = [];

    private SstReplacement(SstGraph graph)
    {
        _graph = graph;
    }

    private string Name => SstGraph.Text(_old[0], "name");

    /// <param name="names">The processors, in the order of the vCPUs.</param>
    /// <param name="vcpus">How many of their ways into memory are kept; null: all.</param>
    /// <returns>What was kept and dropped, or null if it can't be done, which was reported.
    /// </returns>
    public static IReadOnlyList<string>? Apply(
        SstGraph graph, IReadOnlyList<string> names, int? vcpus, DiagnosticBag bag)
    {
        SstReplacement replacement = new(graph);
        if (!replacement.Find(names, bag))
        {
            return null;
        }

        int found = replacement._interfaces.Count;
        if (vcpus is < 1 || vcpus > found)
        {
            bag.Error(
                DiagnosticCode.OutOfRange,
                $"--vcpus {vcpus}: {string.Join(", ", names)} have {found} ways into memory",
                $"1 to {found}");
            return null;
        }

        replacement.Replace(vcpus ?? found);
        return replacement._notes;
    }

    private bool Find(IReadOnlyList<string> names, DiagnosticBag bag)
    {
        string[] known = [.. _graph.Components.Select(c => SstGraph.Text(c, "name"))];
        foreach (string name in names)
        {
            JsonObject? component =
                _graph.Components.FirstOrDefault(c => SstGraph.Text(c, "name") == name);
            if (component is null)
            {
                bag.Error(
                    DiagnosticCode.SstConfiguration,
                    $"the graph has no component '{name}'",
                    Spelling.Help(name, known));
                return false;
            }

            SstInterface[] ways = [.. Ways(name, component)];
            if (ways.Length == 0)
            {
                bag.Error(
                    DiagnosticCode.SstConfiguration,
                    $"'{name}' ({SstGraph.Text(component, "type")}) can't be replaced: it has "
                        + "neither a slot `memory` nor a linked port `cache_link`",
                    $"its links are at: {string.Join(", ", PlacesOf(name))}");
                return false;
            }

            _old.Add(component);
            _interfaces.AddRange(ways);
        }

        return true;
    }

    private IEnumerable<SstInterface> Ways(string name, JsonObject component)
    {
        JsonObject[] slots =
        [
            .. SstGraph.Objects(component, "subcomponents")
                .Where(s => SstGraph.Text(s, "slot_name") == MemorySlot)
                .OrderBy(s => Number(SstGraph.Text(s, "slot_number"))),
        ];
        if (slots.Length > 0)
        {
            return slots.Select(s => new SstInterface(
                name, $"{name}:{MemorySlot}[{SstGraph.Text(s, "slot_number")}]", "", s));
        }

        return Ends().Where(end => SstGraph.Text(end, "component") == name)
            .Select(end => CachePort().Match(SstGraph.Text(end, "port")))
            .Where(match => match.Success)
            .OrderBy(match => Number(match.Groups["number"].Value))
            .Select(match => new SstInterface(name, "", match.Value, null));
    }

    private void Replace(int count)
    {
        JsonArray slots = [];
        for (int i = 0; i < _interfaces.Count; i++)
        {
            SstInterface way = _interfaces[i];
            _notes.Add(i < count ? $"kept: {way.Words} is vCPU {i}" : $"dropped: {way.Words}");
            if (i < count && way.Node is { } node)
            {
                JsonObject copy = node.DeepClone().AsObject();
                copy["slot_number"] = i;
                slots.Add((JsonNode)copy);
            }
        }

        Relink(count);
        JsonObject made = new()
        {
            ["name"] = Name,
            ["type"] = NewType,
            ["statistics_options"] = new JsonObject { ["enable_all_statistics"] = true },
        };
        if (slots.Count > 0)
        {
            made["subcomponents"] = slots;
        }

        if (_old[0]["partition"] is { } partition)
        {
            made["partition"] = partition.DeepClone();
        }

        Swap(made);
        Regroup();
        Options();
    }

    private void Swap(JsonObject made)
    {
        JsonArray components = _graph.Root["components"]!.AsArray();
        components[components.IndexOf(_old[0])] = made;
        foreach (JsonObject old in _old)
        {
            NoteWhatIsLost(old);
            components.Remove(old);
        }
    }

    private void NoteWhatIsLost(JsonObject old)
    {
        string what = $"{SstGraph.Text(old, "name")} ({SstGraph.Text(old, "type")})";
        foreach (JsonObject slot in SstGraph.Objects(old, "subcomponents")
            .Where(s => SstGraph.Text(s, "slot_name") != MemorySlot))
        {
            _notes.Add($"dropped: slot {SstGraph.Text(slot, "slot_name")} of {what}: "
                + SstGraph.Text(slot, "type"));
        }

        foreach (string key in (string[])["params", "params_shared_sets", "statistics",
            "port_modules"])
        {
            string[] names = old[key] switch
            {
                JsonObject map => [.. map.Select(p => p.Key)],
                JsonArray list => [.. list.Select(NameOf)],
                _ => [],
            };
            if (names.Length > 0)
            {
                _notes.Add($"dropped: {key} of {what}: {string.Join(", ", names)}");
            }
        }
    }

    private static string NameOf(JsonNode? node) => node is JsonObject item
        ? SstGraph.Text(item, item.ContainsKey("name") ? "name" : "type")
        : node?.ToString() ?? "";

    private void Relink(int count)
    {
        List<JsonObject> lost = [];
        foreach (JsonObject link in _graph.Links)
        {
            bool isWhole = true;
            foreach (JsonObject end in EndsOf(link))
            {
                isWhole &= Relink(end, count);
            }

            if (!isWhole)
            {
                lost.Add(link);
            }
        }

        foreach (JsonObject link in lost)
        {
            _notes.Add($"dropped: link {SstGraph.Text(link, "name")}, "
                + string.Join(" to ", EndsOf(link).Select(end =>
                    $"{SstGraph.Text(end, "component")}.{SstGraph.Text(end, "port")}")));
            _graph.Root["links"]!.AsArray().Remove(link);
        }
    }

    /// <returns>False if nothing of ours can take this end.</returns>
    private bool Relink(JsonObject end, int count)
    {
        string component = SstGraph.Text(end, "component");
        string owner = component.Split(':')[0];
        if (_old.All(old => SstGraph.Text(old, "name") != owner))
        {
            return true;
        }

        string port = SstGraph.Text(end, "port");
        for (int i = 0; i < count; i++)
        {
            SstInterface way = _interfaces[i];
            if (way.Node is null && component == way.Component && port == way.Port)
            {
                end["component"] = Name;
                end["port"] = $"cache_link_{i}";
                return true;
            }

            if (way.Node is not null && Below(component, way) is { } rest)
            {
                end["component"] = $"{Name}:{MemorySlot}[{i}]{rest}";
                return true;
            }
        }

        return false;
    }

    /// <returns>What follows the subcomponent in the path, or null if it is not in it. A slot that
    /// has only one may go without its number.</returns>
    private static string? Below(string path, SstInterface way)
    {
        string[] places = way.Place.EndsWith("[0]", StringComparison.Ordinal)
            ? [way.Place, way.Place[..^3]]
            : [way.Place];
        foreach (string place in places)
        {
            if (path == place || path.StartsWith(place + ":", StringComparison.Ordinal))
            {
                return path[place.Length..];
            }
        }

        return null;
    }

    private void Regroup()
    {
        string[] names = [.. _old.Select(old => SstGraph.Text(old, "name"))];
        foreach (JsonObject group in SstGraph.Objects(_graph.Root, "statistics_group"))
        {
            JsonNode[] gone = group["components"] is JsonArray members
                ? [.. members.OfType<JsonNode>().Where(m => names.Contains(m.ToString()))]
                : [];
            foreach (JsonNode member in gone)
            {
                group["components"]!.AsArray().Remove(member);
                _notes.Add($"dropped: {member} from the group of statistics "
                    + SstGraph.Text(group, "name"));
            }
        }
    }

    // The guest says when the simulation ends, and both ends of the wire count picoseconds.
    private void Options()
    {
        if (_graph.Root["program_options"] is not JsonObject options)
        {
            return;
        }

        foreach ((string key, string due) in new[]
            { ("stop-at", "0ns"), ("exit-after", "0"), ("timebase", "1ps") })
        {
            string text = SstGraph.Text(options, key).Replace(" ", "", StringComparison.Ordinal);
            if (text.Length > 0 && text != due && !(due[0] == '0' && text.Trim('0', 'n', 's') == ""))
            {
                _notes.Add($"changed: option {key} from {text} to {due}");
                options[key] = due;
            }
        }
    }

    private IEnumerable<string> PlacesOf(string name) => Ends()
        .Where(end => SstGraph.Text(end, "component").Split(':')[0] == name)
        .Select(end => $"{SstGraph.Text(end, "component")}.{SstGraph.Text(end, "port")}");

    private IEnumerable<JsonObject> Ends() => _graph.Links.SelectMany(EndsOf);

    private static IEnumerable<JsonObject> EndsOf(JsonObject link) =>
        new[] { link["left"], link["right"] }.OfType<JsonObject>();

    private static int Number(string text) =>
        int.TryParse(text, CultureInfo.InvariantCulture, out int number) ? number : 0;

    [GeneratedRegex(@"^cache_link(_(?<number>[0-9]+))?$")]
    private static partial Regex CachePort();
}
