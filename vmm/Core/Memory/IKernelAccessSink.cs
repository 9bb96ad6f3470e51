namespace Dilaton.Core;

/// <summary>Learns which guest buffers the node kernel copied on behalf of a system call.</summary>
public interface IKernelAccessSink
{
    /// <param name="isStore">True if the kernel wrote guest memory.</param>
    void Copied(VcpuId vcpu, GuestVirtualAddress address, ulong lengthBytes, bool isStore);
}
