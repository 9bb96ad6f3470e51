namespace Dilaton.Core;

/// <summary>What lies behind a guest address.</summary>
public enum GuestMappingKind
{
    /// <summary>Memory of no file: mmap's, or the part of a program that is zero at first.</summary>
    Anonymous,

    /// <summary>What brk gave.</summary>
    Heap,

    /// <summary>Of the first thread; other threads' are anonymous.</summary>
    Stack,

    File,

    /// <summary>A device's or far memory's window.</summary>
    Window,
}
