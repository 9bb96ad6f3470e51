using Dilaton.Core;

namespace Dilaton.Models.Network;

/// <summary>Takes an edge away, or brings it back. What has stood at it before arrives.</summary>
public sealed record SetEdgeCommand(VirtualTime Time, int Edge, bool IsUp)
    : OverlayCommand(Time);
