using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>A component or subcomponent of a graph.</summary>
/// <param name="Path">As links name it: component:slot[number]:slot[number].</param>
/// <param name="Slot">The slot that a subcomponent fills; empty for a component.</param>
/// <param name="Owner">What the slot belongs to; null for a component.</param>
internal sealed record SstPart(string Path, string Slot, SstPart? Owner, JsonObject Node)
{
    public string Type => SstGraph.Text(Node, "type");

    /// <summary>Its own parameters, in their order.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters =>
        Node["params"] is JsonObject map
            ? [.. map.Select(p => KeyValuePair.Create(p.Key, p.Value?.ToString() ?? ""))]
            : [];
}
