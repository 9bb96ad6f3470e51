namespace Dilaton.Cli;

/// <summary>What an overlay host does with a second copy of a frame.</summary>
internal enum DuplicatesChoice
{
    Drop,
    Keep,
}
