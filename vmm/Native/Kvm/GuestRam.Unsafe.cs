using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Zeroed memory of this process for a whole machine, of any size, which takes no room until it
/// is touched. It must outlive the machine that shows it.</summary>
public sealed class GuestRam : SafeHandle
{
    /// <exception cref="NativeCallException">The host has no such range of addresses.</exception>
    public GuestRam(ulong sizeBytes)
        : base(-1, ownsHandle: true)
    {
        Invariant.Require(sizeBytes > 0 && sizeBytes % GuestPage.SizeBytes == 0);
        SizeBytes = sizeBytes;
        nint at = KvmCalls.mmap(
            0,
            (nuint)sizeBytes,
            KvmCalls.PROT_READ_WRITE,
            KvmCalls.MAP_PRIVATE | KvmCalls.MAP_ANONYMOUS | KvmCalls.MAP_NORESERVE,
            -1,
            0);
        if (at == -1)
        {
            throw new NativeCallException("mmap", "guest memory", Marshal.GetLastPInvokeError());
        }

        SetHandle(at);
    }

    public override bool IsInvalid => handle is 0 or -1;

    public ulong SizeBytes { get; }

    public ulong HostAddress => (ulong)handle;

    /// <summary>A part of it, which the guest may change at any time.</summary>
    public Span<byte> At(ulong offset, int length)
    {
        Invariant.Require(length >= 0 && offset <= SizeBytes && (ulong)length <= SizeBytes - offset);
        unsafe
        {
            // SAFETY: the range lies inside the mapping, as checked, which lives until Dispose; users hold
            // this object.
            return new Span<byte>((void*)(handle + (nint)offset), length);
        }
    }

    protected override bool ReleaseHandle() => KvmCalls.munmap(handle, (nuint)SizeBytes) == 0;
}
