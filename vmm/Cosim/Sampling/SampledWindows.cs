using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>What the windows of a node with an engine that counts instructions came to.</summary>
internal sealed class SampledWindows(ulong unitsPerCycle, Func<int, double> quantile) : IStatisticsSource
{
    private const int InstructionsAt = 0;
    private const int UnitsAt = 1;
    private const int StallAt = 2;
    private const int MissesAt = 3;
    private const int BehindAt = 4;
    private const int CounterCount = 5;

    private readonly DetailEstimate[] _estimates =
    [
        new("cpi", "Cycle", "cycles an instruction, stall included", [UnitsAt], [InstructionsAt], unitsPerCycle),
        new("stall", "Cycle", "stall cycles an instruction, L1 hits' included", [StallAt], [InstructionsAt],
            unitsPerCycle),
        new("misses", "Ratio", "lines that L1 did not have, an instruction", [MissesAt], [InstructionsAt]),
        new("requests", "Ratio", "of them behind the caches, an instruction", [BehindAt], [InstructionsAt]),
    ];

    private readonly ulong[] _window = new ulong[CounterCount];
    private readonly UInt128[] _passed = new UInt128[(int)SamplePhase.Window + 1];
    private ulong _windows;

    /// <summary>HOT: per slice.</summary>
    public void Pass(SamplePhase phase, ulong instructions) => _passed[(int)phase] += instructions;

    /// <summary>Counts what a slice of a window missed. HOT: per slice of a window.</summary>
    public void AddMisses(ReadOnlySpan<CacheMiss> misses)
    {
        foreach (ref readonly CacheMiss miss in misses)
        {
            bool isAsked = miss.Kind is not (MemoryEventKind.Prefetch or MemoryEventKind.Flush
                or MemoryEventKind.KernelLoad or MemoryEventKind.KernelStore);
            _window[MissesAt] += isAsked ? 1UL : 0;
            _window[BehindAt] += isAsked && miss.BehindCut ? 1UL : 0;
        }
    }

    /// <summary>A vCPU's part of the window.</summary>
    public void Add(ulong instructions, ulong executedUnits, ulong stallUnits)
    {
        _window[InstructionsAt] += instructions;
        _window[UnitsAt] += executedUnits + stallUnits;
        _window[StallAt] += stallUnits;
    }

    /// <summary>All vCPUs' parts of the window are added.</summary>
    public void EndWindow()
    {
        if (_window[InstructionsAt] > 0)
        {
            _windows++;
            foreach (DetailEstimate estimate in _estimates)
            {
                estimate.Add(_window);
            }
        }

        Array.Clear(_window);
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("windows", _windows, "Count", "detail windows");
        list.Count("instructions", _passed[(int)SamplePhase.Window], "Count",
            "instructions measured in windows, the one in course included");
        list.Count("warmup", _passed[(int)SamplePhase.Warmup], "Count",
            "instructions timed before them and not measured");
        list.Count("fastForward", _passed[(int)SamplePhase.FastForward], "Count",
            "instructions whose stall is estimated");
        foreach (DetailEstimate estimate in _estimates)
        {
            estimate.Collect(list, quantile);
        }
    }

    public void ResetStatistics()
    {
        _windows = 0;
        Array.Clear(_passed);
        Array.Clear(_window);
        foreach (DetailEstimate estimate in _estimates)
        {
            estimate.Reset();
        }
    }
}
