using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A figure estimated from detail windows (events.level: sampled). With engine: kvm it is in no virtual "
    + "time; with the translator the stall between windows is estimated from them.")]
internal sealed record EstimateDocument
{
    [Description("Such as l1d.missRatio: that of the statistics under NODE.sampled.")]
    public required string Name { get; init; }

    [Description("Cycle or Ratio.")]
    public required string Unit { get; init; }

    [Description("Over all windows.")]
    public required double Mean { get; init; }

    [Description("Lower end of the 95 % interval of the windows, by Student's t; null with fewer than two "
        + "windows, or where nothing was counted.")]
    public required double? Low { get; init; }

    [Description("Its upper end.")]
    public required double? High { get; init; }

    [Description("The lower end, also if all that the warm-up left unknown had been hits; null where that is "
        + "not known.")]
    public required double? WarmLow { get; init; }

    [Description("The upper end, also if it had been misses; null where that is not known.")]
    public required double? WarmHigh { get; init; }
}
