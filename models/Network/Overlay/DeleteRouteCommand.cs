using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Takes the route with the index out of a host's table.</summary>
public sealed record DeleteRouteCommand(VirtualTime Time, int Host, int Index)
    : OverlayCommand(Time);
