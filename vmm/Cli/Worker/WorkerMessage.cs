using Dilaton.Cosim;

namespace Dilaton.Cli;

/// <summary>One line from a worker to its front. Which properties are set depends on the kind.
/// </summary>
internal sealed record WorkerMessage
{
    public required WorkerMessageKind Kind { get; init; }

    /// <summary>Number in the job of the node that it is about.</summary>
    public int Node { get; init; }

    /// <summary>Virtual time in picoseconds.</summary>
    public ulong TimePs { get; init; }

    public ulong Instructions { get; init; }

    /// <summary>Host time for which the worker has waited for its peers.</summary>
    public double PeerWaitSeconds { get; init; }

    /// <summary>Processor time that the worker has used.</summary>
    public double CpuSeconds { get; init; }

    /// <summary>Text for people: why, or the guest's state, line by line.</summary>
    public IReadOnlyList<string>? Lines { get; init; }

    public IReadOnlyList<StatisticLine>? Statistics { get; init; }

    /// <summary>At the end: what the node did when.</summary>
    public IReadOnlyList<TimelineSample>? Timeline { get; init; }

    public WorkerEnd? End { get; init; }

    /// <summary>Where it stands.</summary>
    public NodeStand? Stand { get; init; }
}
