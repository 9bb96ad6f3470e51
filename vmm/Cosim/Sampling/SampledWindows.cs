using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>How many instructions of a sampled run were for what.</summary>
internal sealed class SampledWindows : IStatisticsSource
{
    private readonly UInt128[] _passed = new UInt128[(int)SamplePhase.Window + 1];
    private ulong _windows;

    /// <summary>HOT: per slice.</summary>
    public void Pass(SamplePhase phase, ulong instructions) => _passed[(int)phase] += instructions;

    public void EndWindow() => _windows++;

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("windows", _windows, "Count", "detail windows");
        list.Count("instructions", _passed[(int)SamplePhase.Window], "Count",
            "instructions measured in windows, the one in course included");
        list.Count("warmup", _passed[(int)SamplePhase.Warmup], "Count",
            "instructions timed before them and not measured");
        list.Count("opening", _passed[(int)SamplePhase.Opening], "Count",
            "instructions timed before the first period");
        list.Count("fastForward", _passed[(int)SamplePhase.FastForward], "Count",
            "instructions whose stall is estimated");
    }

    public void ResetStatistics()
    {
        _windows = 0;
        Array.Clear(_passed);
    }
}
