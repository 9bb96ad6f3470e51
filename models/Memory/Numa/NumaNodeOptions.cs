using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>A memory node.</summary>
public sealed record NumaNodeOptions
{
    public required string Name { get; init; }

    /// <summary>Numbers of the vCPUs for which it is the near one.</summary>
    public required IReadOnlyList<int> Cores { get; init; }

    /// <summary>Pages that first touch gives it; null: any number.</summary>
    public required ulong? Pages { get; init; }

    /// <summary>What times it; also a source of statistics.</summary>
    public required ITimingModel Memory { get; init; }
}
