using Dilaton.Core;
using Dilaton.Models.Memory;
using Dilaton.Models.Network;

namespace Dilaton.Cli;

/// <summary>What the laws measure: the parts of this version, as every run makes them. The tests of the
/// laws put wrong ones in their place (docs/validation.md, "Every law can fail").</summary>
internal sealed record LawSubject
{
    public static LawSubject Own { get; } = new();

    public Func<FlatDramOptions, ITimingModel> FlatMemory { get; init; } =
        options => new FlatDram("dram", options);

    public Func<BankedDramOptions, BankedDram> BankedMemory { get; init; } =
        options => new BankedDram("dram", options);

    /// <summary>Of so many nodes; it has statistics (<see cref="IStatisticsSource"/>).</summary>
    public Func<NetworkOptions, int, INetworkModel> Network { get; init; } =
        (options, nodes) => new FabricNetwork("network", options, nodes);

    /// <summary>Runs a job with these path=value changes; the exit code of the run.</summary>
    public LaunchJob Launch { get; init; } = (source, changes, options) =>
    {
        LoadedJob job = LawBench.Load(source, changes);
        return Front.Run(job, options);
    };

    public delegate int LaunchJob(SourceText source, IReadOnlyList<string> changes, FrontOptions options);
}
