using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_userspace_memory_region.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmMemoryRegion
{
    /// <summary>KVM_MEM_LOG_DIRTY_PAGES.</summary>
    public const uint LogsWrites = 1;

    public uint Slot;
    public uint Flags;
    public ulong GuestPhysical;
    public ulong SizeBytes;
    public ulong HostAddress;
}
