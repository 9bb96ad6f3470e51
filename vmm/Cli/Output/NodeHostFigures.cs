namespace Dilaton.Cli;

/// <summary>What of a node's run depends on the host.</summary>
internal sealed record NodeHostFigures
{
    public required string Name { get; init; }

    public required int WorkerId { get; init; }

    /// <summary>From the start of the run to the end of the node's worker.</summary>
    public required double WallSeconds { get; init; }

    public required double CpuSeconds { get; init; }

    public required double PeerWaitSeconds { get; init; }

    public required long PeakMemoryBytes { get; init; }

    public required ulong Instructions { get; init; }

    public IEnumerable<(string Name, double Value, string Unit)> Rows()
    {
        double mips = WallSeconds > 0 ? Instructions / WallSeconds / 1e6 : 0;
        return
        [
            ($"{Name}.wallSeconds", Math.Round(WallSeconds, 6), "Second"),
            ($"{Name}.workerCpuSeconds", CpuSeconds, "Second"),
            ($"{Name}.peerWaitSeconds", Math.Round(PeerWaitSeconds, 6), "Second"),
            ($"{Name}.peakMemoryBytes", PeakMemoryBytes, "Byte"),
            ($"{Name}.mips", Math.Round(mips, 3), "Count"),
            ($"{Name}.workerProcessId", WorkerId, ""),
        ];
    }
}
