namespace Dilaton.Cli;

/// <summary>How many cores use one instance of a level.</summary>
internal enum SharingChoice
{
    Private,
    Shared,
}
