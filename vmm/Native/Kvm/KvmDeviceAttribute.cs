using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_device_attr.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmDeviceAttribute
{
    public uint Flags;
    public uint Group;
    public ulong Attribute;
    public ulong Address;
}
