namespace Dilaton.Tests.Bench;

/// <summary>A program whose run time is proportional to the size it is given.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Arguments">For a share of the full size; 1 is at least 2 s native.</param>
internal sealed record Workload(
    string Name, string Program, Func<double, IReadOnlyList<string>> Arguments);
