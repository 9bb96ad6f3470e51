using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Plans sweeps from text.</summary>
internal static class SweepFixture
{
    public const string Job = """
        apiVersion: dilaton/v1
        nodes:
          - cores: {rates: physical}
            guest: {program: {path: /bin/true}}

        """;

    public static SweepInput Input(string text, params string[] arguments) => new()
    {
        JobName = "job.yaml",
        JobText = text,
        Arguments = arguments,
        Repeat = null,
        WorkingFolder = "/",
    };

    public static SweepPlan Good(string text, params string[] arguments)
    {
        DiagnosticBag bag = new();
        return Input(text, arguments).Plan(FileHashes.Fresh(), bag)
            ?? throw new InvalidOperationException(bag.Print());
    }

    public static string Mistakes(string text, params string[] arguments)
    {
        DiagnosticBag bag = new();
        SweepPlan? plan = Input(text, arguments).Plan(FileHashes.Fresh(), bag);
        return plan is null ? bag.Print() : throw new InvalidOperationException("it is good");
    }

    /// <summary>Points as "a b", one per combination and repeat.</summary>
    public static string[] Values(SweepPlan plan) =>
        [.. plan.Points.Select(point => string.Join(' ', point.Values))];
}
