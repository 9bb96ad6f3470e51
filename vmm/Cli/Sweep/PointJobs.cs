namespace Dilaton.Cli;

/// <summary>Makes the job of a point from the sweep's and the point's values.</summary>
/// <param name="root">The job's tree without its section `sweep`.</param>
internal sealed class PointJobs(JobMap root, string workingFolder)
{
    /// <param name="values">Path, where it was written, and what it gets.</param>
    /// <param name="nodePaths">Of each node of the result, the key path of what it is from.</param>
    /// <returns>Null if the job is wrong, which was reported.</returns>
    public Job? Make(
        IEnumerable<(string Path, JobNode Name, JobNode Value)> values,
        DiagnosticBag bag,
        out IReadOnlyList<string> nodePaths)
    {
        nodePaths = [];
        JobMap tree = (JobMap)root.Clone();
        foreach ((string path, JobNode name, JobNode value) in values)
        {
            new JobOverride(name.Source, name.Mark, path, value.Clone()).Apply(tree, bag);
        }

        Job job = new JobBinder(bag).Bind(tree);
        if (bag.HasErrors)
        {
            return null;
        }

        Job resolved = new JobResolver(tree, bag)
            .Resolve(job, workingFolder, out nodePaths, isPoint: true);
        Check(resolved, bag);
        return bag.HasErrors ? null : resolved with
        {
            // What becomes of a point is read from there.
            Outputs = resolved.Outputs with
            {
                Statistics =
                    [.. resolved.Outputs.Statistics.Append(StatisticsFormat.Json).Distinct().Order()],
            },
        };
    }

    /// <summary>The files that a job made here names.</summary>
    public IReadOnlyList<InputFile> Files(Job job, FileHashes hashes) => hashes.Of(job, workingFolder);

    private void Check(Job job, DiagnosticBag bag)
    {
        for (int i = 0; i < job.Peers.Count; i++)
        {
            if (job.Peers[i].Kind == PeerKind.Manual)
            {
                bag.Error(
                    DiagnosticCode.Inconsistent,
                    root.Find("peers")?.Value ?? root,
                    $"peers[{i}].kind: a peer that is started by hand can't be swept");
            }
        }
    }
}
