namespace Dilaton.Cli;

/// <summary>Which parameter set of the issue engine turns latencies into stall.</summary>
internal enum CoreModelKind
{
    Inorder,
    Interval,
}
