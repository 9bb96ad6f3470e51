namespace Dilaton.Cli;

/// <summary>How a node's clock advances.</summary>
internal enum TimeMode
{
    Executed,
}
