namespace Dilaton.Cli;

/// <summary>What gem5's work marks in the guest do.</summary>
internal enum RegionMarks
{
    Ignore,
    Switch,
    Statistics,
}
