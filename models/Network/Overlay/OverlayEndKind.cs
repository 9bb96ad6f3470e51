namespace Dilaton.Models.Network;

/// <summary>What a route comes from or leads to.</summary>
public enum OverlayEndKind
{
    /// <summary>Wherever the frame came from.</summary>
    Any,

    /// <summary>A link to another overlay host.</summary>
    Edge,

    /// <summary>The network interface of a node.</summary>
    Interface,
}
