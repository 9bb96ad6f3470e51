namespace Dilaton.Cli;

/// <summary>A swept path that the command line gives one value is not swept any more.</summary>
internal static class SweepBinding
{
    /// <summary>Takes the paths out of the section `sweep`.</summary>
    public static void Apply(JobMap root, IEnumerable<string> paths)
    {
        if (root.Find("sweep")?.Value is not JobMap sweep)
        {
            return;
        }

        HashSet<string> bound = [.. paths.Select(SweepPath.Full)];
        foreach (JobMap axes in Axes(sweep))
        {
            axes.Entries.RemoveAll(entry => bound.Contains(SweepPath.Full(entry.Key.Text)));
        }
    }

    /// <summary>Takes the section out of a job of which nothing is left to be swept.</summary>
    public static void DropIfBound(JobMap root)
    {
        if (root.Find("sweep")?.Value is JobMap sweep
            && Axes(sweep).Any() && Axes(sweep).All(axes => axes.Entries.Count == 0))
        {
            Drop(root);
        }
    }

    public static void Drop(JobMap root) =>
        root.Entries.RemoveAll(entry => entry.Key.Text == "sweep");

    private static IEnumerable<JobMap> Axes(JobMap sweep)
    {
        IEnumerable<JobMap> groups =
            sweep.Find("zip")?.Value is JobList zip ? zip.Items.OfType<JobMap>() : [];
        return sweep.Find("parameters")?.Value is JobMap parameters
            ? groups.Prepend(parameters)
            : groups;
    }
}
