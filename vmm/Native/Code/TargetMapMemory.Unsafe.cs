using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>A sparse array of 2^32 32-bit values, zero until set; untouched parts cost nothing.
/// </summary>
public sealed unsafe class TargetMapMemory : SafeHandle
{
    private const ulong EntriesMax = 1UL << 32;
    private static readonly nuint s_sizeBytes = unchecked((nuint)(EntriesMax * sizeof(uint)));

    private TargetMapMemory(nint address)
        : base(0, ownsHandle: true) => SetHandle(address);

    public override bool IsInvalid => handle is 0 or -1;

    public ulong Address => (ulong)handle;

    /// <summary>Reserves the array at <paramref name="preferred"/>, or anywhere if that place is
    /// taken.</summary>
    public static TargetMapMemory Reserve(ulong preferred)
    {
        int protection = CodeNatives.PROT_READ | CodeNatives.PROT_WRITE;
        int flags = CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS
            | CodeNatives.MAP_NORESERVE;
        nint mapped = CodeNatives.mmap(
            (nint)preferred,
            s_sizeBytes,
            protection,
            flags | CodeNatives.MAP_FIXED_NOREPLACE,
            -1,
            0);
        if (mapped == -1)
        {
            mapped = CodeNatives.mmap(0, s_sizeBytes, protection, flags, -1, 0);
        }

        return mapped != -1
            ? new TargetMapMemory(mapped)
            : throw new InsufficientMemoryException(
                "no 16 GiB of address space for the target map (is RLIMIT_AS set?)");
    }

    public void Set(ulong index, uint value)
    {
        Invariant.Require(index < EntriesMax);

        // SAFETY: the index is within the reservation, which lives until Dispose.
        unsafe
        {
            ((uint*)handle)[index] = value;
        }
    }

    public uint Get(ulong index)
    {
        Invariant.Require(index < EntriesMax);

        // SAFETY: as in Set.
        unsafe
        {
            return ((uint*)handle)[index];
        }
    }

    /// <summary>Zeroes the entries from <paramref name="first"/> to <paramref name="last"/>.
    /// </summary>
    public void Clear(ulong first, ulong last)
    {
        Invariant.Require(first <= last && last < EntriesMax);
        ulong start = GuestPage.Floor(first * sizeof(uint));
        ulong end = GuestPage.Ceiling((last + 1) * sizeof(uint));
        int result = CodeNatives.madvise(
            (nint)((ulong)handle + start), (nuint)(end - start), CodeNatives.MADV_DONTNEED);
        Invariant.Require(result == 0);
    }

    protected override bool ReleaseHandle() =>
        CodeNatives.munmap(handle, s_sizeBytes) == 0;
}
