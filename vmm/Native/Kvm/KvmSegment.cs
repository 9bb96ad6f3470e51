using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_segment.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmSegment
{
    public ulong Base;
    public uint Limit;
    public ushort Selector;
    public byte Type;
    public byte Present;
    public byte PrivilegeLevel;
    public byte DefaultBig;
    public byte IsCodeOrData;
    public byte Long;
    public byte Granularity;
    public byte Available;
    public byte Unusable;
    public byte Padding;
}
