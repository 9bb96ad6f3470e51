using Dilaton.Core;
using Microsoft.Win32.SafeHandles;

namespace Dilaton.Native;

/// <summary>A virtual machine of KVM. What its slots show must stay mapped until it is disposed,
/// after its vCPUs.</summary>
public sealed class KvmMachine : IDisposable
{
    private const string Subject = "a virtual machine";

    private readonly SafeFileHandle _descriptor;
    private readonly int _runBytes;

    // Guards itself.
    private readonly Dictionary<uint, ulong> _slotBytes = [];

    internal KvmMachine(SafeFileHandle descriptor, int runBytes)
    {
        _descriptor = descriptor;
        _runBytes = runBytes;
    }

    /// <summary>Shows memory of this process to the guest; of length 0, it takes the slot back.
    /// What lies at the host addresses may change, be protected or go away at any time: the guest
    /// sees that at once, and an access to nothing ends <see cref="KvmVcpu.Run"/> with EFAULT.
    /// </summary>
    public void SetMemory(in KvmMemoryRegion region)
    {
        KvmMemoryRegion copy = region;
        unsafe
        {
            // SAFETY: the call reads the one structure; KVM checks what it names when it uses it.
            Check(
                KvmCalls.ioctl(_descriptor, KvmRequests.SET_USER_MEMORY_REGION, &copy),
                "KVM_SET_USER_MEMORY_REGION");
        }

        lock (_slotBytes)
        {
            _slotBytes[region.Slot] = region.SizeBytes;
        }
    }

    /// <summary>Which pages of a slot that logs writes (flag 1 of <see cref="KvmMemoryRegion.Flags"/>) were
    /// written since the last call.</summary>
    /// <returns>A bit for each page, lowest first.</returns>
    public ulong[] TakeDirtyPages(uint slot)
    {
        ulong[] bits = new ulong[DirtyWords(slot)];
        TakeDirtyPages(slot, bits);
        return bits;
    }

    /// <param name="bits">As many words as <see cref="DirtyWords"/> says.</param>
    public void TakeDirtyPages(uint slot, Span<ulong> bits)
    {
        Invariant.Require(bits.Length == DirtyWords(slot));
        unsafe
        {
            // SAFETY: the call writes a bit for each page of the slot, which SetMemory has noted.
            fixed (ulong* at = bits)
            {
                // The kernel's struct kvm_dirty_log: slot, padding, pointer.
                ulong* log = stackalloc ulong[2];
                log[0] = slot;
                log[1] = (ulong)at;
                Check(KvmCalls.ioctl(_descriptor, KvmRequests.GET_DIRTY_LOG, log), "KVM_GET_DIRTY_LOG");
            }
        }
    }

    public int DirtyWords(uint slot)
    {
        lock (_slotBytes)
        {
            return (int)(((_slotBytes[slot] >> GuestPage.Shift) + 63) / 64);
        }
    }

    /// <summary>Three pages of guest-physical addresses that Intel's KVM needs for itself.
    /// </summary>
    public void SetTssAddress(ulong guestPhysical) => Check(
        KvmCalls.ioctl(_descriptor, KvmRequests.SET_TSS_ADDR, (nint)guestPhysical),
        "KVM_SET_TSS_ADDR");

    /// <summary>Local APICs, an I/O APIC and two 8259s in the kernel; before the first vCPU.</summary>
    public void CreateInterruptControllers() => Check(
        KvmCalls.ioctl(_descriptor, KvmRequests.CREATE_IRQCHIP, 0), "KVM_CREATE_IRQCHIP");

    /// <summary>Any thread.</summary>
    /// <param name="line">Global system interrupt.</param>
    public void SetInterruptLine(int line, bool isHigh)
    {
        unsafe
        {
            // SAFETY: the call reads a struct kvm_irq_level of two words.
            uint* level = stackalloc uint[2];
            level[0] = (uint)line;
            level[1] = isHigh ? 1u : 0;
            Check(KvmCalls.ioctl(_descriptor, KvmRequests.IRQ_LINE, level), "KVM_IRQ_LINE");
        }
    }

    /// <returns>False if this KVM has no such capability, or not with this argument.</returns>
    public bool TryEnable(KvmCapability capability, ulong argument)
    {
        // The kernel's struct kvm_enable_cap: number, flags, four arguments, 64 bytes of padding.
        Span<byte> buffer = stackalloc byte[104];
        buffer.Clear();
        Blittable.Write(buffer, (uint)capability);
        Blittable.Write(buffer[8..], argument);
        unsafe
        {
            // SAFETY: the buffer has the length that the request's number holds.
            fixed (byte* at = buffer)
            {
                return KvmCalls.ioctl(_descriptor, KvmRequests.ENABLE_CAP, at) >= 0;
            }
        }
    }

    public KvmVcpu CreateVcpu(int id)
    {
        int descriptor = KvmCalls.ioctl(_descriptor, KvmRequests.CREATE_VCPU, id);
        Check(descriptor, "KVM_CREATE_VCPU");
        return new KvmVcpu(new SafeFileHandle(descriptor, ownsHandle: true), id, _runBytes);
    }

    public void Dispose() => _descriptor.Dispose();

    private static void Check(int result, string call) => KvmVcpu.Check(result, call, Subject);
}
