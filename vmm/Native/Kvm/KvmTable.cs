using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_dtable: where a descriptor table lies.</summary>
[StructLayout(LayoutKind.Sequential, Size = 16)]
public struct KvmTable
{
    public ulong Base;
    public ushort Limit;
}
