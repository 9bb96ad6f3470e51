namespace Dilaton.Cli;

/// <summary>What a worker tells its front.</summary>
internal enum WorkerMessageKind
{
    /// <summary>It listens for a peer on another host: the peer's name, and where.</summary>
    Listening,

    /// <summary>The guest is loaded and about to run.</summary>
    Started,

    /// <summary>How far it is.</summary>
    Progress,

    /// <summary>All statistics, as of now; the last of these survives the worker.</summary>
    Statistics,

    /// <summary>The guest asked for its statistics at a mark.</summary>
    Dump,

    /// <summary>The guest or the job can't be run.</summary>
    Refused,

    /// <summary>The run is over.</summary>
    Ended,

    /// <summary>A peer died, hangs or broke the protocol: the run ended at the last completed
    /// interval.</summary>
    PeerFailed,

    /// <summary>The guest stored outside its own window, in a worker that it shares: what any guest of
    /// the worker shows may be wrong.</summary>
    Tainted,

    /// <summary>The node stands, as was asked.</summary>
    Stands,

    /// <summary>The node will meet the rates that were asked for.</summary>
    Changed,

    /// <summary>A defect of Dilaton ended the run.</summary>
    Failed,
}
