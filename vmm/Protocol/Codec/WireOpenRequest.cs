using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>A request that passed the cut and has no answer yet.</summary>
/// <param name="IssueUnits">When it issued, in cost units.</param>
/// <param name="At">When it passed the cut.</param>
/// <param name="Cycles">Core cycles known in front of the cut.</param>
/// <param name="Entry">Of the store buffer; -1: none.</param>
public readonly record struct WireOpenRequest(
    ulong IssueUnits, VirtualTime At, uint Cycles, int Entry, MemoryEventKind Kind);
