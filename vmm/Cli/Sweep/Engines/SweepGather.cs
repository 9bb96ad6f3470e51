namespace Dilaton.Cli;

/// <summary>`dilaton sweep --gather DIR`: the tables of a sweep from what its points left, whoever ran
/// them.</summary>
internal static class SweepGather
{
    private const int NamedMax = 20;

    /// <exception cref="IOException">The folder can't be written.</exception>
    public static int Run(SweepFolder folder, SweepPlan plan, SweepRequest request)
    {
        DiagnosticBag bag = new();
        using SweepLock? held = SweepLock.Take(folder, bag);
        if (held is null)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        SweepState state = new(
            plan, point => PointResult.Read(folder.RunFolder(point.Id), plan.Spec.Metrics));
        SweepResults.Write(folder, plan, state);
        SweepDatabase.Write(folder, plan, state);
        foreach (SweepPoint point in state.Missing.Take(NamedMax))
        {
            string status = state.Results[state.IndexOf[point.Id]]?.Status ?? "no result";
            bag.Error(
                DiagnosticCode.SweepPointsFailed,
                $"point {point.Id} ({point.Describe(plan.Paths)}): {status}");
        }

        if (state.Missing.Count > 0)
        {
            bag.Error(
                DiagnosticCode.SweepPointsFailed,
                $"{state.Missing.Count} of the points have no good result",
                "--resume runs them again");
        }

        Console.Error.Write(bag.Print());
        SweepSummary summary = new(folder, plan, state);
        Console.Out.Write(request.Json ? summary.Json() : summary.Text());
        return state.Missing.Count > 0 ? ExitCode.PointsFailed : ExitCode.Ok;
    }
}
