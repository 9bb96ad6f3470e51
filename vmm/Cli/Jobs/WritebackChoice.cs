namespace Dilaton.Cli;

/// <summary>What a dirty eviction does to the next level.</summary>
internal enum WritebackChoice
{
    Allocate,
    Silent,
}
