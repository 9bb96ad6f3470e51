using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Anonymous memory at a chosen place in the low address space. Disposing unmaps it.
/// </summary>
public sealed unsafe class LowMemory : SafeHandle
{
    private const ulong SearchStep = 1UL << 20;

    private LowMemory(nint address, int sizeBytes)
        : base(0, ownsHandle: true)
    {
        SetHandle(address);
        SizeBytes = sizeBytes;
    }

    public override bool IsInvalid => handle is 0 or -1;

    public int SizeBytes { get; }

    public ulong Address => (ulong)handle;

    // SAFETY: the mapping has SizeBytes bytes and lives until Dispose; users hold this object.
    public Span<byte> Span => new((void*)handle, SizeBytes);

    // SAFETY: as Span; mappings are page-aligned.
    public Span<ulong> Words => new((void*)handle, SizeBytes / sizeof(ulong));

    /// <summary>Maps zeroed memory at the lowest free place at or after <paramref name="low"/> that
    /// ends at or before <paramref name="high"/>.</summary>
    public static LowMemory Map(ulong low, ulong high, int sizeBytes, bool executable)
    {
        Invariant.Require(sizeBytes > 0 && low < high);
        int protection = CodeNatives.PROT_READ | CodeNatives.PROT_WRITE
            | (executable ? CodeNatives.PROT_EXEC : 0);
        int flags = CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS
            | CodeNatives.MAP_NORESERVE | CodeNatives.MAP_FIXED_NOREPLACE;
        for (ulong at = low; at + (ulong)sizeBytes <= high; at += SearchStep)
        {
            nint mapped = CodeNatives.mmap(
                (nint)at, (nuint)sizeBytes, protection, flags, -1, 0);
            if ((ulong)mapped == at)
            {
                return new LowMemory(mapped, sizeBytes);
            }

            if (mapped != -1)
            {
                _ = CodeNatives.munmap(mapped, (nuint)sizeBytes);
            }
        }

        throw new InsufficientMemoryException(
            $"no {sizeBytes} free bytes between 0x{low:x} and 0x{high:x}");
    }

    /// <summary>Changes what the guest or host may do with whole pages of the mapping.</summary>
    public void Protect(int offset, int length, bool writable)
    {
        int protection = CodeNatives.PROT_READ | (writable ? CodeNatives.PROT_WRITE : 0);
        int result = CodeNatives.mprotect((nint)(Address + (ulong)offset), (nuint)length, protection);
        Invariant.Require(result == 0);
    }

    protected override bool ReleaseHandle() =>
        CodeNatives.munmap(handle, (nuint)SizeBytes) == 0;
}
