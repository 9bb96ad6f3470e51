using System.Runtime.CompilerServices;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>One line's access on its way outward.</summary>
internal readonly ref struct LineAccess
{
    public required ulong Line { get; init; }

    public required uint Offset { get; init; }

    public required MemoryEventKind Kind { get; init; }

    public required AccessClass Class { get; init; }

    /// <summary>The line must become writable.</summary>
    public required bool Owns { get; init; }

    public required MissBuffer Misses { get; init; }

    public void AddMiss(uint cycles, bool behindCut) =>
        Misses.Add(Line, Offset, cycles, Kind, behindCut, awaitsPrefetch: false);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddMiss(in LineSource source) =>
        Misses.Add(Line, Offset, source.Cycles, Kind, source.BehindCut, source.IsAwaited);
}
