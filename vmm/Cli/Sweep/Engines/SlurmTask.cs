namespace Dilaton.Cli;

/// <summary>A task of an array job.</summary>
/// <param name="Left">Its points that have not ended.</param>
internal sealed record SlurmTask(long Job, int Index, List<SweepPoint> Left)
{
    /// <summary>It was seen in another state than waiting.</summary>
    public bool HasBegun { get; set; }

    /// <summary>How often it was not in the queue any more.</summary>
    public int Missed { get; set; }
}
