namespace Dilaton.Models.Network;

/// <summary>Links between two switches, by kind.</summary>
internal readonly record struct HopCount(int Fabric, int Global);
