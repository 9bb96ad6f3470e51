using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>An array that only grows, until it is cleared: address space for the most that it may
/// hold is reserved at once and takes memory as it is used. So it leaves no outgrown arrays behind,
/// of which a worker with many nodes would have as many bytes again.</summary>
public sealed unsafe class GrowingTable<T> : SafeHandle
    where T : unmanaged
{
    private readonly nuint _sizeBytes;

    /// <param name="capacity">The most elements; adding more is a defect.</param>
    public GrowingTable(int capacity)
        : base(0, ownsHandle: true)
    {
        Invariant.Require(capacity > 0);
        Capacity = capacity;
        _sizeBytes = (nuint)GuestPage.Ceiling((ulong)capacity * (ulong)sizeof(T));
        nint mapped = CodeNatives.mmap(
            0,
            _sizeBytes,
            CodeNatives.PROT_READ | CodeNatives.PROT_WRITE,
            CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS | CodeNatives.MAP_NORESERVE,
            -1,
            0);
        if (mapped == -1)
        {
            throw new InsufficientMemoryException(
                $"no {_sizeBytes} bytes of address space (is RLIMIT_AS set?)");
        }

        SetHandle(mapped);
    }

    public override bool IsInvalid => handle is 0 or -1;

    public int Capacity { get; }

    public int Count { get; private set; }

    // SAFETY: the mapping has room for Capacity elements, of which Count are in use, and lives until
    // Dispose; users hold this object.
    public Span<T> Items => new((void*)handle, Count);

    public ref T this[int index]
    {
        get
        {
            Invariant.Require((uint)index < (uint)Count);

            // SAFETY: the element is in use, as checked.
            unsafe
            {
                return ref ((T*)handle)[index];
            }
        }
    }

    /// <returns>Its index.</returns>
    public int Add(in T item)
    {
        Invariant.Require(Count < Capacity);

        // SAFETY: the mapping has room for Capacity elements.
        unsafe
        {
            ((T*)handle)[Count] = item;
        }

        return Count++;
    }

    /// <summary>Empties it and gives its memory back.</summary>
    public void Clear()
    {
        ulong used = GuestPage.Ceiling((ulong)Count * (ulong)sizeof(T));
        Invariant.Require(used == 0
            || CodeNatives.madvise(handle, (nuint)used, CodeNatives.MADV_DONTNEED) == 0);
        Count = 0;
    }

    protected override bool ReleaseHandle() => CodeNatives.munmap(handle, _sizeBytes) == 0;
}
