namespace Dilaton.Cli;

/// <summary>What the largest of a sweep's points asks of a host.</summary>
/// <param name="Cores">Processes that may be busy at once: workers and peers, with all ranks.</param>
/// <param name="MemoryBytes">What its nodes may come to use, and their processes.</param>
/// <param name="WallLimitSeconds">Of the job; null if a point has none.</param>
/// <param name="IsAlone">Two points can't run on one host at once: a peer has a fixed endpoint.</param>
internal sealed record SweepNeeds(
    int Cores, ulong MemoryBytes, double? WallLimitSeconds, bool IsAlone)
{
    public static SweepNeeds None { get; } = new(1, 0, 0, false);

    public static SweepNeeds Of(Job job)
    {
        IReadOnlyList<IReadOnlyList<int>> layout = WorkerLayout.Of(job, Environment.ProcessorCount);
        return new SweepNeeds(
            layout.Count + job.Peers.Sum(peer => peer.Ranks),
            (ulong)UInt128.Min(HostRoom.BytesOf(job, layout), ulong.MaxValue),
            job.Time.WallLimit is { } limit ? limit.Picoseconds / 1e12 : null,
            job.Peers.Any(peer => peer.Endpoint is not null));
    }

    public SweepNeeds Or(SweepNeeds other) => new(
        Math.Max(Cores, other.Cores),
        Math.Max(MemoryBytes, other.MemoryBytes),
        WallLimitSeconds is { } a && other.WallLimitSeconds is { } b ? Math.Max(a, b) : null,
        IsAlone || other.IsAlone);
}
