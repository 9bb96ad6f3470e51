namespace Dilaton.Cli;

/// <summary>Where a node's cores spent a piece of virtual time, in picoseconds.</summary>
internal sealed record TimeSegment(string Node, double Begin, double End, CoreShare Share);
