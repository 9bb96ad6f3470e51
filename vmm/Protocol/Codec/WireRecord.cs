using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>One record: a line's access that was not answered at the L1 in front of the cut, or a
/// line written back.</summary>
/// <param name="PositionUnits">V without the stall of misses, in cost units.</param>
/// <param name="Line">Guest-physical address of the line.</param>
/// <param name="Cycles">Core cycles known in front of the cut.</param>
/// <param name="Program">Name of its instruction, with the issue set `interval`; else zero.</param>
/// <param name="Producer">Name of the load that its address comes from; 2^64-1 if of none.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct WireRecord(
    ulong PositionUnits,
    ulong Line,
    uint Cycles,
    MemoryEventKind Kind,
    bool BehindCut,
    ulong Program = 0,
    ulong Producer = ulong.MaxValue)
{
    public const ulong NoProducer = ulong.MaxValue;
}
