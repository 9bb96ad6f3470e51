namespace Dilaton.Cli;

/// <summary>All that the points of a sweep follow from.</summary>
internal sealed record SweepInput
{
    /// <summary>The job file's name, for messages.</summary>
    public required string JobName { get; init; }

    /// <summary>The job file's text.</summary>
    public required string JobText { get; init; }

    /// <summary>Arguments of the form path=value.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>Of the command line; null: as the job says.</summary>
    public required int? Repeat { get; init; }

    /// <summary>From which the job's relative paths go.</summary>
    public required string WorkingFolder { get; init; }

    /// <param name="hashes">Of the files that points name.</param>
    /// <returns>Null if something is wrong, which was reported.</returns>
    public SweepPlan? Plan(FileHashes hashes, DiagnosticBag bag)
    {
        SweepArguments arguments = SweepArguments.Read(Arguments, bag);
        if (ReadTree(arguments, bag) is not { } root)
        {
            return null;
        }

        SweepSpec? own = SweepReader.Read(MapReader.Open(root, root, "", bag), bag);
        SweepSpec spec = arguments.Merge(own, Repeat, bag);
        SweepBinding.Drop(root);
        return bag.HasErrors
            ? null
            : SweepPlanner.Plan(spec, new PointJobs(root, WorkingFolder), hashes, bag);
    }

    /// <summary>The job of one point.</summary>
    /// <param name="values">Of paths, as texts.</param>
    /// <returns>Null if something is wrong, which was reported.</returns>
    public LoadedJob? Point(
        IReadOnlyList<string> paths, IReadOnlyList<string> values, long seed, DiagnosticBag bag)
    {
        if (ReadTree(SweepArguments.Read(Arguments, bag), bag) is not { } root)
        {
            return null;
        }

        SweepBinding.Drop(root);
        string changes = string.Concat(paths.Select((path, i) => $"{path}={values[i]}\n"));
        SourceText source = new(SweepFolder.PointsName, changes);
        List<(string, JobNode, JobNode)> cells = [];
        for (int i = 0; i < paths.Count; i++)
        {
            JobScalar name = new(source, new SourceMark(i + 1, 1), paths[i].Length, paths[i], false);
            SourceMark mark = new(i + 1, paths[i].Length + 2);
            if (JobOverride.ReadValue(source, mark, values[i], bag) is { } value)
            {
                cells.Add((paths[i], name, value));
            }
        }

        Job? job = new PointJobs(root, WorkingFolder)
            .Make(cells, bag, out IReadOnlyList<string> nodePaths);
        return job is null
            ? null
            : new LoadedJob(job with { Seed = seed }, nodePaths, JobText, changes);
    }

    private JobMap? ReadTree(SweepArguments arguments, DiagnosticBag bag) =>
        new JobLoader(bag).TreeFromText(new SourceText(JobName, JobText), arguments.Changes);
}
