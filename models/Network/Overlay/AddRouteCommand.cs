using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Adds a route to a host's table, behind the others.</summary>
public sealed record AddRouteCommand(VirtualTime Time, int Host, OverlayRoute Route)
    : OverlayCommand(Time);
