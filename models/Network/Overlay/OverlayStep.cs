using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>What a host does with one copy of a frame.</summary>
/// <param name="Time">When it stands there.</param>
/// <param name="From">Where it came from.</param>
/// <param name="Priority">Of the routes taken; 0 if none was for it.</param>
/// <param name="To">Where copies go.</param>
/// <param name="Dropped">Why one goes no further, in words; empty if all do.</param>
public sealed record OverlayStep(
    VirtualTime Time, int Host, OverlayEnd From, int Priority, IReadOnlyList<RouteEntry> Taken,
    IReadOnlyList<OverlayEnd> To, string Dropped);
