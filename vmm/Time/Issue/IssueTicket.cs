using Dilaton.Core;

namespace Dilaton.Time;

/// <summary>A miss that has issued and waits for its latency.</summary>
/// <param name="AtUnits">Virtual time of issue in cost units.</param>
/// <param name="Entry">Store buffer entry it holds, or -1.</param>
public readonly record struct IssueTicket(ulong AtUnits, MemoryEventKind Kind, int Entry);
