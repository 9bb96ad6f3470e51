namespace Dilaton.Models.Network;

/// <summary>One end of an overlay host: an edge by its number, a node's interface by its port, or
/// any of them.</summary>
public readonly record struct OverlayEnd(OverlayEndKind Kind, int Number)
{
    public static OverlayEnd Any => new(OverlayEndKind.Any, 0);

    public static OverlayEnd Edge(int edge) => new(OverlayEndKind.Edge, edge);

    public static OverlayEnd Interface(int port) => new(OverlayEndKind.Interface, port);
}
