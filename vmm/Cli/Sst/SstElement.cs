namespace Dilaton.Cli;

/// <summary>An element of an SST library, as the library describes itself.</summary>
internal sealed record SstElement
{
    /// <summary>Component, SubComponent, Module, ...</summary>
    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>An older name that SST still takes; empty if there is none.</summary>
    public required string Alias { get; init; }

    public required string Description { get; init; }

    /// <summary>Of a subcomponent: what slots it fits. Else empty.</summary>
    public required string Interface { get; init; }

    public required IReadOnlyList<SstParameter> Parameters { get; init; }

    public required IReadOnlyList<SstPort> Ports { get; init; }

    public required IReadOnlyList<SstSlot> Slots { get; init; }

    public required IReadOnlyList<SstStatistic> Statistics { get; init; }
}
