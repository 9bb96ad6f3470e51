using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("The emulated processor.")]
internal sealed record CoresJob
{
    public const int CountMax = 1024;

    [Description("Number of cores (vCPUs), 1 to 1024; any number on any host.")]
    public int Count { get; init; } = 1;

    [Description("Clock rate of every core, such as 2GHz; with kinds that of speed 1.")]
    public Frequency Frequency { get; init; } = new(2_000_000_000);

    [Description("What frequency is measured in: virtual, the guest's time; physical, dilated time: "
        + "the guest meets frequency x TDF, and caches and kernel work faster by it too.")]
    public RatesChoice Rates { get; init; } = RatesChoice.Virtual;

    [Description("Part of the processor that the guest gets: a number or quotient, above 0, at most "
        + "1; the guest meets frequency x share.")]
    public Ratio Share { get; init; } = Ratio.One;

    [Description("How a core turns instructions and latencies into time.")]
    public CoreModelJob Model { get; init; } = new();

    [Description("Cores that are not alike (big.LITTLE), such as [{count: 2}, {count: 2, speed: 1/2}]: count is then "
        + "their sum, and frequency that of speed 1. None: all alike. Not with a peer, engine: kvm, "
        + "events.level: sampled or profile.")]
    public IReadOnlyList<CoreKindJob> Kinds { get; init; } = [];

    /// <summary>Of each core that differs: its kind.</summary>
    public IEnumerable<CoreKindJob> EachKind() =>
        Kinds.Count > 0 ? Kinds : [new CoreKindJob { Count = Count, Model = Model }];

    /// <summary>The clock of a kind.</summary>
    public Frequency ClockOf(CoreKindJob kind) => new(kind.Speed.ScaleDown(Frequency.Hertz));

    /// <summary>One per core.</summary>
    public IEnumerable<Frequency> Clocks() =>
        EachKind().SelectMany(kind => Enumerable.Repeat(ClockOf(kind), kind.Count));

    public bool HasInterval() => EachKind().Any(kind => kind.Model.Kind == CoreModelKind.Interval);

    public bool PredictsBranches() =>
        EachKind().Any(kind => kind.Model.BranchPredictor != BranchPredictorChoice.None);
}
