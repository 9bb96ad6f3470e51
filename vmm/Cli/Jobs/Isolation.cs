namespace Dilaton.Cli;

/// <summary>How nodes are laid out over worker processes.</summary>
internal enum Isolation
{
    Process,
}
