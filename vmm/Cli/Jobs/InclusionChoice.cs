namespace Dilaton.Cli;

/// <summary>What a level owes the levels nearer to the core.</summary>
internal enum InclusionChoice
{
    NonInclusive,
    Inclusive,
}
