namespace Dilaton.Models.Memory;

/// <summary>A link to a memory node from the cores of another one.</summary>
/// <param name="From">Number of the cores' node; null: from all that have no way of their own, which
/// share it.</param>
/// <param name="To">Number of the memory's node.</param>
public sealed record NumaWay(int? From, int To, MemoryLinkOptions Link);
