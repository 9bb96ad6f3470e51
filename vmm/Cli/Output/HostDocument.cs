using System.ComponentModel;

namespace Dilaton.Cli;

[Description("Values that depend on the host.")]
internal sealed record HostDocument
{
    [Description("Host time from start to end, in seconds.")]
    public required double WallSeconds { get; init; }

    [Description("Processor time of front and workers, in seconds.")]
    public required double CpuSeconds { get; init; }

    [Description("Guest instructions by million and host second.")]
    public required double Mips { get; init; }

    [Description("Host time / virtual time.")]
    public required double Slowdown { get; init; }

    [Description("Largest resident memory of a worker, in bytes.")]
    public required long PeakMemoryBytes { get; init; }

    [Description("The result folder, as an absolute path.")]
    public required string Folder { get; init; }
}
