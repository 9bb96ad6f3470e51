using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>An out-of-order core, docs/time.md section 5.</summary>
public sealed record OutOfOrderOptions
{
    public const int WindowMax = 2_048;
    public const int EntriesMax = 1_024;

    /// <summary>Reorder buffer entries, in instructions.</summary>
    public required int WindowInstructions { get; init; }

    /// <summary>Load misses that may be in flight.</summary>
    public required int LoadQueueEntries { get; init; }

    /// <summary>Misses that may be under way behind the cut.</summary>
    public required int MissRegisters { get; init; }

    /// <param name="unitsPerInstruction">Cost units of an instruction, without any stall.</param>
    public IntervalParameters ToParameters(ulong unitsPerInstruction) => new()
    {
        WindowUnits = checked((ulong)WindowInstructions * unitsPerInstruction),
        LoadQueueEntries = LoadQueueEntries,
        MissRegisters = MissRegisters,
    };
}
