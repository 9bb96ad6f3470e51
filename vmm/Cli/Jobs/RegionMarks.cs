namespace Dilaton.Cli;

/// <summary>What gem5's work marks in the guest do to the event level.</summary>
internal enum RegionMarks
{
    Ignore,
    Switch,
}
