namespace Dilaton.Core;

/// <summary>What an access was. One byte in the columns of a block and on the wire.</summary>
public enum MemoryEventKind : byte
{
    Load = 0,
    Store = 1,

    /// <summary>One line entered by instruction fetch.</summary>
    Fetch = 2,

    /// <summary>A locked read-modify-write (lock prefix, or xchg with memory).</summary>
    Atomic = 3,
    Flush = 4,
    Prefetch = 5,

    /// <summary>The kernel read a user buffer; changes cache state, never stalls.</summary>
    KernelLoad = 6,

    /// <summary>The kernel wrote a user buffer; changes cache state, never stalls.</summary>
    KernelStore = 7,

    /// <summary>A plain read-modify-write such as <c>add [m],r</c>: one record for the load and
    /// the store that surely hits after it.</summary>
    Modify = 8,

    /// <summary>A dirty line that leaves the last level in front of the cut: only in
    /// <see cref="MissBuffer.Writebacks"/> and in requests behind the cut, where it needs
    /// bandwidth and stalls nobody. A <see cref="Store"/> there reads the line to own it.</summary>
    Writeback = 9,

    /// <summary>Not an access: the vCPU comes to a sync point, and an out-of-order core ends what it has
    /// in flight first. Only what the issue engine is told.</summary>
    Drain = 10,

    /// <summary>Not an access: a conditional branch went the other way than predicted, and the front end
    /// starts again once it is resolved. Only what the issue engine is told.</summary>
    Mispredict = 11,
}
