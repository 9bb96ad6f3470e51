using System.Text.Json.Nodes;

namespace Dilaton.Cli;

/// <summary>A way from a processor of a graph into its memory, which a vCPU can take over.</summary>
/// <param name="Component">The processor's name.</param>
/// <param name="Place">As links name it: the subcomponent in slot `memory`, or empty.</param>
/// <param name="Port">The processor's own port, or empty.</param>
/// <param name="Node">The subcomponent; null for a port.</param>
internal sealed record SstInterface(string Component, string Place, string Port, JsonObject? Node)
{
    /// <summary>For people.</summary>
    public string Words => Node is null ? $"{Component}.{Port}" : Place;
}
