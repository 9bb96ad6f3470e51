namespace Dilaton.Cli;

/// <summary>What a node's profile tells apart.</summary>
internal enum ProfileChoice
{
    None,
    Code,
    Data,
}
