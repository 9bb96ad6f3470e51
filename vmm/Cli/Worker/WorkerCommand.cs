namespace Dilaton.Cli;

/// <summary>Words that a front sends to its worker, one a line.</summary>
internal static class WorkerCommand
{
    /// <summary>End at the next slice end and report.</summary>
    public const string Stop = "stop";

    /// <summary>A peer's process is gone; then a space, and which and how.</summary>
    public const string PeerEnded = "peer-ended";

    /// <summary>Stand: at the next end of a weave interval, or, in a network, now, between two
    /// rounds.</summary>
    public const string Stand = "stand";

    /// <summary>Stand no longer.</summary>
    public const string Go = "go";

    /// <summary>While it stands: other rates for a node; then, each after a space, its number, from
    /// when on in picoseconds, and the time dilation factor.</summary>
    public const string Rates = "rates";
}
