namespace Dilaton.Cli;

/// <summary>Paths whose values go together, and what they take one after another.</summary>
/// <param name="Names">The paths as written, for messages.</param>
/// <param name="Rows">Of each step the value of each path.</param>
internal sealed record SweepAxis(
    IReadOnlyList<string> Paths,
    IReadOnlyList<JobNode> Names,
    IReadOnlyList<IReadOnlyList<SweepCell>> Rows);
