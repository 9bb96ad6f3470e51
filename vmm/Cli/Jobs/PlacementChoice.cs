namespace Dilaton.Cli;

/// <summary>Which memory node a page lies in.</summary>
internal enum PlacementChoice
{
    FirstTouch,
    Interleaved,
}
