using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>The kernel's struct kvm_sregs.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct KvmSystemRegisters
{
    public KvmSegment Cs;
    public KvmSegment Ds;
    public KvmSegment Es;
    public KvmSegment Fs;
    public KvmSegment Gs;
    public KvmSegment Ss;
    public KvmSegment Tr;
    public KvmSegment Ldt;
    public KvmTable Gdt;
    public KvmTable Idt;
    public ulong Cr0;
    public ulong Cr2;
    public ulong Cr3;
    public ulong Cr4;
    public ulong Cr8;
    public ulong Efer;
    public ulong ApicBase;
    public ulong Interrupts0;
    public ulong Interrupts1;
    public ulong Interrupts2;
    public ulong Interrupts3;
}
