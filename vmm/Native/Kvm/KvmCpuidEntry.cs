using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_cpuid_entry2.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
public struct KvmCpuidEntry
{
    /// <summary>KVM_CPUID_FLAG_SIGNIFCANT_INDEX.</summary>
    public const uint HasSubleaf = 1;

    public uint Leaf;
    public uint Subleaf;
    public uint Flags;
    public uint Eax;
    public uint Ebx;
    public uint Ecx;
    public uint Edx;
}
