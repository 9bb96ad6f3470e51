namespace Dilaton.Models.Network;

/// <summary>A route in a table.</summary>
/// <param name="index">Counts the host's routes from 0 as they were added; never given twice.</param>
public sealed class RouteEntry(int index, OverlayRoute route)
{
    public int Index { get; } = index;

    public OverlayRoute Route { get; } = route;

    /// <summary>Frames that it was taken for.</summary>
    public ulong Hits { get; internal set; }
}
