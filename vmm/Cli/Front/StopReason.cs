namespace Dilaton.Cli;

/// <summary>Why the front asked its workers to stop.</summary>
internal enum StopReason
{
    None,
    WallLimit,
    Interrupted,
    Terminated,

    /// <summary>By `dilaton ctl stop`.</summary>
    Asked,

    /// <summary>A worker that holds nodes does not get on.</summary>
    WorkerHung,
}
