using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Writes what the processor looks up when user code leaves: descriptors and gates (Intel SDM
/// vol. 3A, "Segment Descriptors", "64-Bit Mode IDT", "64-Bit Task State Segment"), and the entries.
/// An entry is HLT, which ends KVM_RUN with every register but rip, rsp and rflags as user code left
/// it: the supervisor has no code of its own.</summary>
internal static class SupervisorImage
{
    private const ulong SupervisorCode = 0x00AF_9B00_0000_FFFF;
    private const ulong SupervisorData = 0x00CF_9300_0000_FFFF;
    private const ulong UserCode = 0x00AF_FB00_0000_FFFF;
    private const ulong UserData = 0x00CF_F300_0000_FFFF;

    private const byte Halt = 0xF4;
    private const int BreakpointVector = 3;

    // Present interrupt gate; the vCPU's stack as the first of its TSS's table.
    private const ulong Gate = 0x8E01;
    private const ulong GateForUsers = Gate | 0x6000;
    private const int TssFirstStack = 4;
    private const int TssFirstListed = 36;
    private const int TssPortMap = 102;

    public const ushort TssLimit = 103;
    public const ushort GdtLimit = (Selectors.Count * 8) - 1;
    public const ushort IdtLimit = (SupervisorLayout.VectorCount * 16) - 1;

    public static void Write(KvmMemory memory)
    {
        Span<ulong> gdt = Quads(memory, SupervisorLayout.Gdt);
        gdt[Selectors.SupervisorCode / 8] = SupervisorCode;
        gdt[Selectors.SupervisorData / 8] = SupervisorData;
        gdt[Selectors.UserData / 8] = UserData;
        gdt[Selectors.UserCode / 8] = UserCode;

        Span<ulong> idt = Quads(memory, SupervisorLayout.Idt);
        for (int vector = 0; vector < SupervisorLayout.VectorCount; vector++)
        {
            ulong entry = SupervisorLayout.EntriesVirtual
                + (ulong)(vector * SupervisorLayout.EntryBytes);
            ulong gate = vector == BreakpointVector ? GateForUsers : Gate;
            idt[vector * 2] = (entry & 0xFFFF)
                | ((ulong)Selectors.SupervisorCode << 16)
                | (gate << 32)
                | ((entry >> 16 & 0xFFFF) << 48);
            idt[(vector * 2) + 1] = entry >> 32;
        }

        memory.Bytes.Slice(
            SupervisorLayout.Entries << GuestPage.Shift, (int)GuestPage.SizeBytes).Fill(Halt);
    }

    public static void WriteVcpu(KvmMemory memory, int vcpu)
    {
        Span<byte> tss = memory.Bytes[TssOffset(vcpu)..];
        ulong stack = SupervisorLayout.Virtual + (ulong)SupervisorLayout.StackTop(vcpu);
        Blittable.Write(tss[TssFirstStack..], stack);
        Blittable.Write(tss[TssFirstListed..], stack);

        // Behind the limit: user code may use no port.
        Blittable.Write(tss[TssPortMap..], (ushort)(TssLimit + 1));
    }

    public static int TssOffset(int vcpu) =>
        (SupervisorLayout.Vcpus + vcpu) << GuestPage.Shift;

    private static Span<ulong> Quads(KvmMemory memory, int page) => Blittable.Cast<ulong>(
        memory.Bytes.Slice(page << GuestPage.Shift, (int)GuestPage.SizeBytes));
}
