namespace Dilaton.Cosim;

/// <summary>Runs some nodes of a cluster, somewhere. A round has two phases, so that all workers
/// run at the same time: it begins on all of them, then what they came to is collected.</summary>
public interface IClusterWorker
{
    IReadOnlyList<ClusterNode> Nodes { get; }

    /// <summary>Begins a round of those of its nodes that are named, and returns at once where it
    /// can.</summary>
    /// <param name="round">Counts from 1.</param>
    /// <param name="grants">At least one; left alone until <see cref="Collect"/> returned.</param>
    void Begin(ulong round, IReadOnlyList<NodeGrant> grants);

    /// <summary>Waits for the end of the round.</summary>
    /// <returns>One for each grant and in their order; valid until the next round begins.
    /// </returns>
    IReadOnlyList<NodeReport> Collect();
}
