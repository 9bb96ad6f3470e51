namespace Dilaton.Cli;

/// <summary>Words that a front sends to its worker, one a line.</summary>
internal static class WorkerCommand
{
    /// <summary>End at the next slice end and report.</summary>
    public const string Stop = "stop";

    /// <summary>A peer's process is gone; then a space, and which and how.</summary>
    public const string PeerEnded = "peer-ended";
}
