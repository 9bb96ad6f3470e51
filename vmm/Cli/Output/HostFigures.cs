namespace Dilaton.Cli;

/// <summary>Everything about a run that depends on the host.</summary>
internal sealed record HostFigures
{
    public required double WallSeconds { get; init; }

    public required double FrontCpuSeconds { get; init; }

    public required double WorkerCpuSeconds { get; init; }

    /// <summary>Null if no peer was started.</summary>
    public double? PeerCpuSeconds { get; init; }

    /// <summary>For which workers waited for their peers; null if there was none.</summary>
    public double? PeerWaitSeconds { get; init; }

    /// <summary>Of the largest worker.</summary>
    public required long PeakMemoryBytes { get; init; }

    public required int FrontId { get; init; }

    /// <summary>In the order of the job.</summary>
    public required IReadOnlyList<NodeHostFigures> Nodes { get; init; }

    public required double VirtualSeconds { get; init; }

    public required ulong Instructions { get; init; }

    public double CpuSeconds => FrontCpuSeconds + WorkerCpuSeconds + (PeerCpuSeconds ?? 0);

    public double Mips => WallSeconds > 0 ? Instructions / WallSeconds / 1e6 : 0;

    /// <summary>Host time / virtual time; never called TDF.</summary>
    public double Slowdown => VirtualSeconds > 0 ? WallSeconds / VirtualSeconds : 0;

    /// <summary>In the order of host.json and host.csv.</summary>
    public IReadOnlyList<(string Name, double Value, string Unit)> Rows() =>
    [
        ("wallSeconds", WallSeconds, "Second"),
        ("cpuSeconds", CpuSeconds, "Second"),
        ("frontCpuSeconds", FrontCpuSeconds, "Second"),
        ("workerCpuSeconds", WorkerCpuSeconds, "Second"),
        .. PeerCpuSeconds is { } peers
            ? [("peerCpuSeconds", peers, "Second")]
            : Array.Empty<(string, double, string)>(),
        .. PeerWaitSeconds is { } wait
            ? [("peerWaitSeconds", wait, "Second")]
            : Array.Empty<(string, double, string)>(),
        ("peakMemoryBytes", PeakMemoryBytes, "Byte"),
        ("mips", Math.Round(Mips, 3), "Count"),
        ("slowdown", Math.Round(Slowdown, 3), "Ratio"),
        ("frontProcessId", FrontId, ""),
        .. Nodes.Count == 1
            ? [("workerProcessId", Nodes[0].WorkerId, "")]
            : Nodes.SelectMany(node => node.Rows()),
    ];
}
