namespace Dilaton.Cli;

/// <summary>What a core's time mostly goes to.</summary>
internal enum RunBound
{
    Compute,
    Bandwidth,
    Latency,
    Memory,
    Caches,
    Fetch,
    Branches,
    Translation,
    Windows,
    Estimated,
    Kernel,
    Waiting,
}
