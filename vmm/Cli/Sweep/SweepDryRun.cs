using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>`dilaton sweep --dry-run`: the points on standard output as points.csv has them, and on
/// standard error how long they may take. Nothing is written.</summary>
internal static class SweepDryRun
{
    public static int Run(SweepFolder folder, SweepPlan plan, SweepRequest request, SweepRecord before)
    {
        SweepState state = new(
            plan, point => PointResult.Read(folder.RunFolder(point.Id), plan.Spec.Metrics));
        DiagnosticBag bag = new();
        SweepChanges.Report(before, plan, state, bag);
        PoolSize size = SweepExecutors.Size(plan, request, bag);
        StringBuilder points = new();
        points.AppendRow(["point", "repeat", "seed", .. plan.Paths, "status"]);
        IReadOnlyList<string> statuses = state.Statuses;
        for (int i = 0; i < plan.Points.Count; i++)
        {
            points.AppendRow([.. SweepFolder.Head(plan.Points[i]), statuses[i]]);
        }

        Console.Error.Write(string.Concat(
            Lines(folder, plan, state, size).Select(line => $"dilaton: {line}\n")));
        Console.Error.Write(bag.Print());
        if (request.Executor == SweepExecutor.Slurm)
        {
            SlurmScript script = SweepExecutors.Script(folder, plan, request);
            Show(SlurmScript.SweepName, script.Sweep(state.Missing));
            Show(SlurmScript.GatherName, script.Gather());
        }
        else if (request.Executor == SweepExecutor.Parallel)
        {
            Show(ParallelPool.CommandsName, ParallelPool.Commands(folder, state.Missing));
        }

        Console.Out.Write(points);
        return ExitCode.Ok;
    }

    public static IReadOnlyList<string> Lines(
        SweepFolder folder, SweepPlan plan, SweepState state, PoolSize size)
    {
        int missing = state.Missing.Count;
        string atMost = plan.Stop is null ? "" : " at most";
        return
        [
            $"dry run: nothing is started; results would go to {folder.Root}",
            $"{plan.SeriesCount} combinations, {plan.Repeats} runs each{atMost}: {plan.Points.Count} points, "
                + $"{missing} to run, {size.Places.Count} at once ({size.Why})",
            $"time: {Estimate(plan, state, missing, size.Places.Count)}",
        ];
    }

    private static void Show(string name, string text) =>
        Console.Error.Write($"dilaton: {name} would be:\n{text}");

    private static string Estimate(SweepPlan plan, SweepState state, int missing, int places)
    {
        double[] walls = [.. state.Results.OfType<PointResult>()
            .Where(result => result.IsDone).Select(result => result.WallSeconds)];
        if (missing == 0)
        {
            return "none, all is done";
        }

        if (walls.Length > 0)
        {
            double left = walls.Average() * missing / places;
            return string.Create(
                CultureInfo.InvariantCulture,
                $"about {ProgressLine.Span(left)}, by the {walls.Length} points that were run");
        }

        return plan.Needs.WallLimitSeconds is { } limit
            ? "not known before a point has run; at most "
                + $"{ProgressLine.Span(limit * missing / places)}, by time.wallLimit"
            : "not known before a point has run; time.wallLimit bounds each";
    }
}
