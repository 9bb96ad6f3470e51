namespace Dilaton.Cli;

/// <summary>What a job is expected to need of this host.</summary>
internal sealed record RunPlan
{
    public required PlanMeasurement Basis { get; init; }

    /// <summary>The node that needs most host time for its virtual time.</summary>
    public required PlanNode Slowest { get; init; }

    public required double Slowdown { get; init; }

    /// <summary>Of the halves, if there are any, the one of more slowdown.</summary>
    public required double SlowdownMax { get; init; }

    /// <summary>Difference of the halves by their mean; null without halves.</summary>
    public required double? Spread { get; init; }

    /// <summary>In the order of the table; together 1.</summary>
    public required IReadOnlyList<PlanShare> Shares { get; init; }

    public required PlanShare Binding { get; init; }

    /// <summary>Of all processors of the host, how much the job kept busy.</summary>
    public required double ProcessorUse { get; init; }

    /// <summary>The least TDF that the slowdown does not exceed; null if none is known to be.</summary>
    public required double? SmallestTdf { get; init; }

    /// <summary>Why, in words.</summary>
    public required string TdfReason { get; init; }

    public bool IsWhole => Basis.Nodes.All(node => node.HasEnded);

    public bool HasRoom => Basis.HostBytes == 0 || Basis.NeededBytes <= Basis.HostBytes;
}
