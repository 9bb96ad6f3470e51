namespace Dilaton.Models.Network;

/// <summary>A row of an overlay host's table.</summary>
/// <param name="Source">The frame's source address must match this,</param>
/// <param name="Destination">its destination address this,</param>
/// <param name="From">and it must have come from here.</param>
/// <param name="To">An edge or an interface of the host.</param>
public sealed record OverlayRoute(
    MacPattern Source, MacPattern Destination, OverlayEnd To, OverlayEnd From)
{
    /// <summary><see cref="RoutePriority.NoMatch"/> if it is not for this frame.</summary>
    public int PriorityFor(ulong source, ulong destination, OverlayEnd from) =>
        From.Kind == OverlayEndKind.Any || From == from
            ? RoutePriority.Of(Source.Match(source), Destination.Match(destination))
            : RoutePriority.NoMatch;
}
