using Dilaton.Core;

namespace Dilaton.Tests.Integration.Sst;

/// <param name="Statistics">The CSV file that SST wrote.</param>
internal sealed record SstNetworkRun(IReadOnlyList<FrameArrival> Arrivals, string Statistics)
{
    /// <summary>The sum over all interfaces.</summary>
    public ulong Sum(string statistic) => Enumerable.Range(0, 1024)
        .Select(i => $"nic{i}")
        .TakeWhile(nic => Statistics.Contains($"\n{nic},", StringComparison.Ordinal))
        .Aggregate(0UL, (sum, nic) => sum + SstJob.Sum(Statistics, nic, statistic));
}
