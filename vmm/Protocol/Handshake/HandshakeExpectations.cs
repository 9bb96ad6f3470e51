namespace Dilaton.Protocol;

/// <summary>What a job needs of a peer.</summary>
public sealed record HandshakeExpectations
{
    /// <summary>Name of the peer in the job.</summary>
    public required string Peer { get; init; }

    public required int VcpuCount { get; init; }

    public required uint LineSizeBytes { get; init; }

    /// <summary>Parameter set of the issue engine, such as <c>inorder</c>.</summary>
    public required string IssueSet { get; init; }

    /// <summary>What the job charges at once for each request.</summary>
    public required ulong MinLatencyPs { get; init; }

    /// <summary>Optional parts of the protocol that the job uses.</summary>
    public required IReadOnlyList<string> Features { get; init; }
}
