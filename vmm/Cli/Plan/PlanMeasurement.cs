using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What a calibration found; all that a plan is made from.</summary>
internal sealed record PlanMeasurement
{
    public required IReadOnlyList<PlanNode> Nodes { get; init; }

    public required bool HasNetwork { get; init; }

    /// <summary>Of the network and its coordinator, for all the virtual time that was run.</summary>
    public required double Frames { get; init; }

    public required double Rounds { get; init; }

    public required double NetworkVirtualSeconds { get; init; }

    /// <summary>Processor time of all workers by instructions; null if there were none.</summary>
    public required double? CpuPerInstruction { get; init; }

    /// <summary>The same with events off; null if that was not measured.
    /// </summary>
    public required double? CpuPerInstructionWithoutMemory { get; init; }

    public required int HostProcessors { get; init; }

    /// <summary>What the guests may come to use, workers included.</summary>
    public required ulong NeededBytes { get; init; }

    /// <summary>Of all workers, at most, in the calibration.</summary>
    public required ulong UsedBytes { get; init; }

    /// <summary>0: not known.</summary>
    public required ulong HostBytes { get; init; }

    public required ulong FreeBytes { get; init; }

    /// <summary>In force while it was measured.</summary>
    public required Ratio Tdf { get; init; }

    /// <summary>With physical cores a virtual second holds TDF times as much work.</summary>
    public required bool HasPhysicalCores { get; init; }

    public required bool HasPhysicalNetwork { get; init; }

    /// <summary>Guests that ended with a failure while they were measured, and how.</summary>
    public required IReadOnlyList<string> FailedGuests { get; init; }
}
