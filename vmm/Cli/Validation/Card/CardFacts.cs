namespace Dilaton.Cli;

/// <summary>What a card is about, beside its laws.</summary>
/// <param name="IsQuick">Less of each law was measured.</param>
/// <param name="ExitCode">Of the command.</param>
internal sealed record CardFacts(LawSet Set, bool IsQuick, int ExitCode);
