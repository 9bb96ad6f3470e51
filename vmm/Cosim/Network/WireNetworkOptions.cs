namespace Dilaton.Cosim;

/// <summary>What is expected of a network behind the wire, and what it is told.</summary>
public sealed record WireNetworkOptions
{
    /// <summary>Name of the peer in the job.</summary>
    public required string Name { get; init; }

    public required string Session { get; init; }

    public required int PortCount { get; init; }

    /// <summary>Host time without progress after which it is taken for hung.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>For ever wait for the first word of a peer that is started by hand.</summary>
    public required bool IsManual { get; init; }
}
