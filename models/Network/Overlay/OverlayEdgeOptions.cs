namespace Dilaton.Models.Network;

/// <summary>A link between two overlay hosts, both directions of it.</summary>
public sealed record OverlayEdgeOptions
{
    public required string Name { get; init; }

    /// <summary>One host's number.</summary>
    public required int First { get; init; }

    /// <summary>The other's.</summary>
    public required int Second { get; init; }

    /// <summary>Each direction.</summary>
    public required LinkOptions Link { get; init; }
}
