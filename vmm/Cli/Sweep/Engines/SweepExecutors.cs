using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Makes executors.</summary>
internal static class SweepExecutors
{
    public static IReadOnlyList<string> Names { get; } =
        [.. Enum.GetNames<SweepExecutor>().Select(name => name.ToLowerInvariant())];

    /// <summary>Reports programs that are not there.</summary>
    public static bool AreThere(SweepExecutor executor, DiagnosticBag bag)
    {
        IReadOnlyList<string> missing = EngineTools.Missing(EngineTools.Of(executor));
        if (missing.Count > 0)
        {
            bag.Error(
                DiagnosticCode.EnvironmentMissing,
                $"--executor {Names[(int)executor]} needs {string.Join(", ", missing)}, "
                    + "which PATH does not have",
                executor == SweepExecutor.Slurm
                    ? "run it where jobs are submitted (Debian: slurm-client), or use --executor local"
                    : "Debian: apt-get install parallel; or use --executor local");
        }

        return missing.Count == 0;
    }

    public static SlurmScript Script(SweepFolder folder, SweepPlan plan, SweepRequest request) =>
        new(folder, plan, new SlurmOptions(request.PointsPerTask ?? 1, request.Jobs, request.SlurmOptions));

    /// <summary>How many points run at once.</summary>
    public static PoolSize Size(SweepPlan plan, SweepRequest request, DiagnosticBag bag) =>
        request.Executor == SweepExecutor.Slurm
            ? new PoolSize(
                [.. Enumerable.Repeat<IReadOnlyList<int>>([], request.Jobs ?? 1)],
                request.Jobs is null ? "or as many as Slurm has room for" : "-j")
            : PoolSize.Of(
                plan.Needs, request.Jobs, HostProcessors.Allowed(), HostRoom.FreeBytes(), bag);

    public static IExecutor Make(
        SweepFolder folder, SweepPlan plan, SweepRequest request, PoolSize size) =>
        request.Executor switch
        {
            SweepExecutor.Slurm => new SlurmPool(folder, Script(folder, plan, request)),
            SweepExecutor.Parallel => new ParallelPool(folder, size.Places.Count),
            _ => new LocalPool(folder, size),
        };
}
