namespace Dilaton.Cli;

/// <summary>What took so long.</summary>
internal enum LatencyKind
{
    MemoryRequests,
    Frames,
}
