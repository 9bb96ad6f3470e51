using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>One memory access of an instruction: base + index * scale + displacement, in guest
/// register numbers (-1 for none).</summary>
internal struct AccessSpec
{
    public long Displacement;
    public sbyte Base;
    public sbyte Index;
    public byte Scale;
    public GuestSegment Segment;
    public byte Size;
    public MemoryEventKind Kind;

    /// <summary>The address is computed modulo 4 GiB.</summary>
    public bool Address32;

    public readonly bool IsStatic => Base < 0 && Index < 0;

    /// <summary>It reads, and an in-order core waits for it.</summary>
    public readonly bool IsLoad => Kind is MemoryEventKind.Load or MemoryEventKind.Modify
        or MemoryEventKind.Atomic;
}
