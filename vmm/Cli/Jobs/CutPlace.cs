namespace Dilaton.Cli;

/// <summary>Behind which level of caches the timing model begins.</summary>
internal enum CutPlace
{
    Hierarchy,
}
