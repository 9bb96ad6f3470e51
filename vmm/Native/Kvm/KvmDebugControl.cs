using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_guest_debug.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmDebugControl
{
    public const uint Enable = 1;
    public const uint SingleStep = 2;
    public const uint HardwareBreakpoints = 0x20000;

    public uint Control;
    public uint Padding;
    public ulong Dr0;
    public ulong Dr1;
    public ulong Dr2;
    public ulong Dr3;
    public ulong Dr4;
    public ulong Dr5;
    public ulong Dr6;
    public ulong Dr7;
}
