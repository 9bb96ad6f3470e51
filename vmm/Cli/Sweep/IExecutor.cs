namespace Dilaton.Cli;

/// <summary>What runs the points of a sweep: processes of this host, or a cluster's engine. The
/// point's own result.json is the truth; an executor only tells when to look.
/// <code>
/// Plan ──> { Submit while HasRoom ──> Poll }* ──> Dispose,  Cancel at any time
/// </code></summary>
internal interface IExecutor : IDisposable
{
    /// <summary>Another point can be submitted now.</summary>
    bool HasRoom { get; }

    /// <summary>Points that were submitted and have not ended.</summary>
    IReadOnlyList<SweepPoint> Running { get; }

    /// <summary>Writes what it needs beyond the folder's own files, for people to read and change.
    /// Starts nothing.</summary>
    /// <param name="missing">What is to be run.</param>
    void Plan(SweepFolder folder, IReadOnlyList<SweepPoint> missing);

    /// <summary>Has a point run. The caller's thread must live until all have ended.</summary>
    void Submit(SweepPoint point);

    /// <summary>Waits until one ends, or for a while.</summary>
    /// <returns>Those that ended since the last call.</returns>
    IReadOnlyList<PointEnd> Poll(TimeSpan patience);

    /// <summary>What was submitted and has not begun does not begin, and is not heard of again; no more
    /// is submitted.</summary>
    void Hold();

    /// <summary>Ends all that run. Their folders are run again by `--resume`.</summary>
    void Cancel();
}
