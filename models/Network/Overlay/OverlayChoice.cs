namespace Dilaton.Models.Network;

/// <summary>What a table says of a frame, kept until a route changes.</summary>
/// <param name="Taken">The routes.</param>
/// <param name="Links">Where they lead, each way once and but for the one it came by, in the order
/// of the routes.</param>
internal sealed record OverlayChoice(RouteEntry[] Taken, int[] Links);
