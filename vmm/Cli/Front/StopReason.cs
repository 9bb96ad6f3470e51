namespace Dilaton.Cli;

/// <summary>Why the front asked its worker to stop.</summary>
internal enum StopReason
{
    None,
    WallLimit,
    Interrupted,
    Terminated,
}
