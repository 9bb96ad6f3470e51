namespace Dilaton.Tests.Bench;

/// <summary>A program whose run time is its preparation's and a multiple of the units of work that
/// it is given.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Arguments">For a number of units; with 0 it does as little as it can.</param>
/// <param name="FullUnits">At least 2 s native.</param>
internal sealed record Workload(
    string Name, string Program, Func<long, IReadOnlyList<string>> Arguments, long FullUnits)
{
    /// <summary>A share of the full size in whole units, one at least.</summary>
    public long Units(double share) => Math.Max(1, (long)Math.Round(FullUnits * share));
}
