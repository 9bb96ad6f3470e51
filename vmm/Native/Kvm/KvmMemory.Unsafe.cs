using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>Zeroed memory of this process for a guest's slot, which takes no room until it is
/// touched. It must outlive the machine that shows it.</summary>
public sealed class KvmMemory : SafeHandle
{
    public KvmMemory(int sizeBytes)
        : base(-1, ownsHandle: true)
    {
        Invariant.Require(sizeBytes > 0 && (sizeBytes & (int)GuestPage.OffsetMask) == 0);
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
            throw new NativeCallException(
                "mmap", "guest memory", Marshal.GetLastPInvokeError());
        }

        SetHandle(at);
    }

    public override bool IsInvalid => handle is 0 or -1;

    public int SizeBytes { get; }

    public ulong HostAddress => (ulong)handle;

    public Span<byte> Bytes
    {
        get
        {
            unsafe
            {
                // SAFETY: the mapping has that many bytes and lives until Dispose; users hold this
                // object.
                return new Span<byte>((void*)handle, SizeBytes);
            }
        }
    }

    protected override bool ReleaseHandle() => KvmCalls.munmap(handle, (nuint)SizeBytes) == 0;
}
