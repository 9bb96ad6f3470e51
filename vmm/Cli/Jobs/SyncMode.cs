namespace Dilaton.Cli;

/// <summary>How nodes are kept together.</summary>
internal enum SyncMode
{
    Strict,
    Slack,
    Adaptive,
    Free,
}
