using Dilaton.Core;

namespace Dilaton.Tests.Differential;

/// <summary>What an engine made of a test case.</summary>
internal sealed class TranslatedResult
{
    public required CpuState End { get; init; }

    public required byte[] Image { get; init; }

    public required VcpuExit Exit { get; init; }

    public required ulong Instructions { get; init; }

    public required ulong Units { get; init; }

    public required IReadOnlyList<AccessRecord> Records { get; init; }

    public required SuppressedHits Suppressed { get; init; }

    /// <summary>State at each exit for an exhausted budget or PAUSE, with the instructions retired
    /// by then; only on request.</summary>
    public required IReadOnlyList<(ulong Instructions, CpuState State)> Boundaries { get; init; }

    /// <summary>What broke a promise of the engine's contract during the run.</summary>
    public required string Violations { get; init; }
}
