using System.Runtime.InteropServices;
using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>The pages that a vCPU shares with the kernel.</summary>
internal sealed class KvmRunPage : SafeHandle
{
    private readonly nuint _sizeBytes;

    public KvmRunPage(SafeFileHandle vcpu, int sizeBytes, string subject)
        : base(-1, ownsHandle: true)
    {
        Invariant.Require(sizeBytes >= KvmRunLayout.SizeBytes);
        _sizeBytes = (nuint)sizeBytes;
        nint at = KvmCalls.mmap(
            0, _sizeBytes, KvmCalls.PROT_READ_WRITE, KvmCalls.MAP_SHARED, vcpu, 0);
        if (at == -1)
        {
            throw new NativeCallException("mmap", subject, Marshal.GetLastPInvokeError());
        }

        SetHandle(at);
    }

    public override bool IsInvalid => handle is 0 or -1;

    public ref T At<T>(int offset)
        where T : unmanaged
    {
        unsafe
        {
            // SAFETY: the value lies inside the mapping, as checked, which lives until Dispose;
            // users hold this object.
            Invariant.Require(offset >= 0 && offset + sizeof(T) <= (int)_sizeBytes);
            return ref *(T*)(handle + offset);
        }
    }

    protected override bool ReleaseHandle() => KvmCalls.munmap(handle, _sizeBytes) == 0;
}
