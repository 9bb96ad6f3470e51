namespace Dilaton.Models.Network;

/// <summary>A place of an overlay that nodes are at and edges end in.</summary>
public sealed record OverlayHostOptions
{
    public required string Name { get; init; }

    /// <summary>The nodes at it; may be empty.</summary>
    public required IReadOnlyList<int> Ports { get; init; }
}
