namespace Dilaton.Models.Network;

/// <summary>One direction of a link. An end is a switch's number, or ~port of a node.</summary>
internal readonly record struct LinkPlan(string Name, LinkKind Kind, int From, int To);
