namespace Dilaton.Tests.Bench;

/// <summary>A way to run a program.</summary>
/// <param name="Share">Of the full size: slow modes run less, against a native run as small.
/// </param>
/// <param name="Command">The command line for a program and its arguments.</param>
/// <param name="Needs">A file without which the mode is left out.</param>
internal sealed record Mode(
    string Name, string Title, double Share, int PairsMax,
    Func<Workload, IReadOnlyList<string>, IReadOnlyList<string>> Command, string Needs)
{
    /// <summary>Programs that take too long here, with the reason for the table.</summary>
    public IReadOnlyDictionary<string, string> Skips { get; init; } =
        new Dictionary<string, string>();
}
