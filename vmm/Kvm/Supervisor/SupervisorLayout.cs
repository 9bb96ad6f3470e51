using Dilaton.Core;

namespace Dilaton.Kvm;

/// <summary>Where the supervisor of a program guest lies: guest-physical addresses that are never the
/// guest's own, and virtual ones in the upper half, which user code can't reach. Page numbers count
/// from <see cref="Physical"/>.
/// <code>
///      0  PML4
///      1  PDPT of the guest's window          66  PDPT of the upper half
///   2-65  page directories, one a GiB         67  its page directory
///                                             68  its page table
///     69  GDT      70  IDT      71  entries: HLT for each vector, and for SYSCALL
/// 72-199  a page for each vCPU: its TSS, and the stack that the processor pushes an exception on
///    256- page tables of the guest's window, one for each 2 MiB of it
/// </code></summary>
internal static class SupervisorLayout
{
    /// <summary>Slot 0; in the part of a guest's window that is never the guest's.</summary>
    public const ulong Physical = 0x1_0000_0000;

    public const ulong Virtual = 0xFFFF_8000_0000_0000;

    /// <summary>For Intel's KVM, also where nothing of the guest's is.</summary>
    public const ulong TssPhysical = 0xFFFB_D000;

    public const int Slot = 0;

    public const int Pml4 = 0;
    public const int WindowPdpt = 1;
    public const int WindowDirectories = 2;
    public const int Gibibytes = (int)(GuestLayout.WindowSizeBytes >> 30);
    public const int UpperPdpt = WindowDirectories + Gibibytes;
    public const int UpperDirectory = UpperPdpt + 1;
    public const int UpperTable = UpperPdpt + 2;
    public const int Gdt = UpperPdpt + 3;
    public const int Idt = UpperPdpt + 4;
    public const int Entries = UpperPdpt + 5;
    public const int Vcpus = UpperPdpt + 6;
    public const int VcpuCountMax = 128;
    public const int UpperPages = Vcpus + VcpuCountMax;
    public const int WindowTables = 256;
    public const int TableCount = (int)(GuestLayout.WindowSizeBytes >> 21);

    public const int SizeBytes = (WindowTables + TableCount) << GuestPage.Shift;

    /// <summary>Bytes between the entries of two vectors.</summary>
    public const int EntryBytes = 8;

    public const int VectorCount = 32;

    /// <summary>Where SYSCALL goes, behind those of the vectors.</summary>
    public const int SystemCallEntry = 2048;

    public const ulong EntriesVirtual = Virtual + ((ulong)Entries << GuestPage.Shift);
    public const ulong SystemCallVirtual = EntriesVirtual + SystemCallEntry;

    public static ulong PhysicalOf(int page) => Physical + ((ulong)page << GuestPage.Shift);

    public static ulong VirtualOf(int page) => Virtual + ((ulong)page << GuestPage.Shift);

    /// <summary>Where the processor's pushes for an exception of a vCPU begin, downward.</summary>
    public static int StackTop(int vcpu) => (Vcpus + vcpu + 1) << GuestPage.Shift;
}
