using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>One way to run translated code.</summary>
internal sealed record EngineSetup(
    string Name,
    MemoryEventLevel Level,
    uint[] Budgets,
    int BlockInstructionsMax = 128,
    bool InlineCalls = true,
    int CpiNumerator = 1,
    int CpiDenominator = 1,
    uint LoadHitStallCycles = 0)
{
    private const uint Huge = int.MaxValue;

    public static EngineSetup[] Single { get; } =
    [
        new("off", MemoryEventLevel.Off, [Huge]),
        new("off by 1", MemoryEventLevel.Off, [1]),
        new("full", MemoryEventLevel.Full, [Huge], LoadHitStallCycles: 3),
        new("full by 1", MemoryEventLevel.Full, [1], LoadHitStallCycles: 3),
        new("filtered", MemoryEventLevel.Filtered, [Huge], LoadHitStallCycles: 3),
    ];

    public static EngineSetup[] Block { get; } =
    [
        .. Single,
        new("off mixed", MemoryEventLevel.Off, [1, 2, 3, 7, 17, 1000], 64, true, 3, 2),
        new("full mixed", MemoryEventLevel.Full, [17, 1, 2, 3, 7, 1000], 64, true, 3, 2, 4),
        new("full blocks of 5", MemoryEventLevel.Full, [Huge], 5, true, 1, 1, 3),
        new("full blocks of 1", MemoryEventLevel.Full, [2], 1, false, 1, 1, 3),
        new("full no inlining", MemoryEventLevel.Full, [17], 64, false, 1, 1, 3),
        new("filtered mixed", MemoryEventLevel.Filtered, [7, 1000, 1, 17], 64, true, 3, 2, 4),
        new("filtered blocks of 7", MemoryEventLevel.Filtered, [Huge], 7, false, 1, 1, 3),
    ];

    public CoreCost Cost => new(
        new Ratio((ulong)CpiNumerator, (ulong)CpiDenominator), LoadHitStallCycles);

    /// <summary>Setups with equal keys share an engine.</summary>
    public (int, bool) EngineKey => (BlockInstructionsMax, InlineCalls);
}
