using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Our numbers, sizes and offsets are those of linux/kvm.h, as its compiler has them.
/// </summary>
public sealed class HeaderTests
{
    [HeaderFact]
    public void RequestNumbers_AreTheHeaders()
    {
        FieldInfo[] ours = [.. typeof(KvmRequests).GetFields().Where(f => f.IsLiteral)];
        ours.Length.ShouldBeGreaterThan(20);
        Agree([.. ours.Select(f => (
            $"KVM_{f.Name}",
            Convert.ToUInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)))]);
    }

    [HeaderFact]
    public void StructuresAreAsLongAsTheHeaders() => Agree(
    [
        ("sizeof(struct kvm_regs)", Size<KvmRegisters>()),
        ("sizeof(struct kvm_segment)", Size<KvmSegment>()),
        ("sizeof(struct kvm_dtable)", Size<KvmTable>()),
        ("sizeof(struct kvm_sregs)", Size<KvmSystemRegisters>()),
        ("sizeof(struct kvm_cpuid_entry2)", Size<KvmCpuidEntry>()),
        ("sizeof(struct kvm_userspace_memory_region)", Size<KvmMemoryRegion>()),
        ("sizeof(struct kvm_guest_debug)", Size<KvmDebugControl>()),
        ("sizeof(struct kvm_device_attr)", Size<KvmDeviceAttribute>()),
        ("sizeof(struct kvm_xcrs)", 392),
        ("sizeof(struct kvm_enable_cap)", 104),
        ("sizeof(struct kvm_irq_level)", 8),
        ("sizeof(struct kvm_interrupt)", 4),
        ("sizeof(struct kvm_xsave)", KvmVcpu.ExtendedStateBytes),
        ("sizeof(struct kvm_run)", KvmRunLayout.SizeBytes),
        ("sizeof(struct sigevent)", 64),
    ]);

    [HeaderFact]
    public void FieldsLieWhereTheHeaderHasThem() => Agree(
    [
        .. Offsets<KvmRegisters>("kvm_regs", "rax rbx rcx rdx rsi rdi rsp rbp rip rflags"),
        .. Offsets<KvmSegment>(
            "kvm_segment",
            "base limit selector type present dpl:PrivilegeLevel db:DefaultBig s:IsCodeOrData"
            + " l:Long g:Granularity avl:Available unusable"),
        .. Offsets<KvmSystemRegisters>(
            "kvm_sregs",
            "cs ds es fs gs ss tr ldt gdt idt cr0 cr2 cr3 cr4 cr8 efer apic_base:ApicBase"
            + " interrupt_bitmap:Interrupts0"),
        .. Offsets<KvmCpuidEntry>(
            "kvm_cpuid_entry2", "function:Leaf index:Subleaf flags eax ebx ecx edx"),
        .. Offsets<KvmMemoryRegion>(
            "kvm_userspace_memory_region",
            "slot flags guest_phys_addr:GuestPhysical memory_size:SizeBytes"
            + " userspace_addr:HostAddress"),
        .. Offsets<KvmDebugControl>("kvm_guest_debug", "control arch.debugreg:Dr0"),
        .. Offsets<KvmDeviceAttribute>(
            "kvm_device_attr", "flags group attr:Attribute addr:Address"),
        ("offsetof(struct sigevent, sigev_signo)", 8),
        ("offsetof(struct sigevent, sigev_notify)", 12),
        ("offsetof(struct sigevent, _sigev_un._tid)", 16),
        ("offsetof(struct kvm_xcrs, xcrs[0].value)", 16),
    ]);

    [HeaderFact]
    public void TheSharedPageIsLaidOutAsTheHeaderSays() => Agree(
    [
        Run("request_interrupt_window", KvmRunLayout.RequestInterruptWindow),
        Run("immediate_exit", KvmRunLayout.ImmediateExit),
        Run("exit_reason", KvmRunLayout.ExitReason),
        Run("ready_for_interrupt_injection", KvmRunLayout.ReadyForInterrupt),
        Run("if_flag", KvmRunLayout.InterruptFlag),
        Run("cr8", KvmRunLayout.TaskPriority),
        Run("apic_base", KvmRunLayout.ApicBase),
        Run("io", KvmRunLayout.Exit),
        Run("io.direction", KvmRunLayout.PortDirection),
        Run("io.size", KvmRunLayout.PortSize),
        Run("io.port", KvmRunLayout.Port),
        Run("io.count", KvmRunLayout.PortCount),
        Run("io.data_offset", KvmRunLayout.PortDataOffset),
        Run("mmio.phys_addr", KvmRunLayout.MemoryAddress),
        Run("mmio.data", KvmRunLayout.MemoryData),
        Run("mmio.len", KvmRunLayout.MemoryLength),
        Run("mmio.is_write", KvmRunLayout.MemoryIsWrite),
        Run("debug.arch.pc", KvmRunLayout.DebugAddress),
        Run("msr.error", KvmRunLayout.MsrError),
        Run("msr.index", KvmRunLayout.MsrIndex),
        Run("msr.data", KvmRunLayout.MsrData),
        Run("internal.suberror", KvmRunLayout.Suberror),
        Run("fail_entry.hardware_entry_failure_reason", KvmRunLayout.EntryFailure),
        Run("kvm_valid_regs", KvmRunLayout.ValidRegisters),
        Run("kvm_dirty_regs", KvmRunLayout.DirtyRegisters),
        Run("s.regs.regs", KvmRunLayout.Registers),
        Run("s.regs.sregs", KvmRunLayout.SystemRegisters),
        Run("s.regs.events", KvmRunLayout.Events),
        Run("s.regs.events.exception.injected", KvmRunLayout.ExceptionInjected),
        Run("s.regs.events.exception.pending", KvmRunLayout.ExceptionPending),
        ("KVM_SYNC_X86_EVENTS", (ulong)KvmSync.Events),
        ("KVM_SYNC_X86_REGS", (ulong)KvmSync.Registers),
        ("KVM_SYNC_X86_SREGS", (ulong)KvmSync.SystemRegisters),
    ]);

    [HeaderFact]
    public void NumbersOfExitsAndCapabilities_AreTheHeaders() => Agree(
    [
        ("KVM_EXIT_IO", (ulong)KvmExitReason.PortAccess),
        ("KVM_EXIT_HYPERCALL", (ulong)KvmExitReason.Hypercall),
        ("KVM_EXIT_DEBUG", (ulong)KvmExitReason.Debug),
        ("KVM_EXIT_HLT", (ulong)KvmExitReason.Halt),
        ("KVM_EXIT_MMIO", (ulong)KvmExitReason.MemoryMappedAccess),
        ("KVM_EXIT_IRQ_WINDOW_OPEN", (ulong)KvmExitReason.InterruptWindow),
        ("KVM_EXIT_SET_TPR", (ulong)KvmExitReason.TaskPriority),
        ("KVM_EXIT_SHUTDOWN", (ulong)KvmExitReason.Shutdown),
        ("KVM_EXIT_FAIL_ENTRY", (ulong)KvmExitReason.EntryFailed),
        ("KVM_EXIT_INTR", (ulong)KvmExitReason.Interrupted),
        ("KVM_EXIT_INTERNAL_ERROR", (ulong)KvmExitReason.InternalError),
        ("KVM_EXIT_X86_RDMSR", (ulong)KvmExitReason.ReadMsr),
        ("KVM_EXIT_X86_WRMSR", (ulong)KvmExitReason.WriteMsr),
        ("KVM_CAP_X86_USER_SPACE_MSR", (ulong)KvmCapability.UserSpaceMsr),
        ("KVM_MSR_EXIT_REASON_INVAL | KVM_MSR_EXIT_REASON_UNKNOWN", 3),
        ("KVM_CAP_NR_VCPUS", (ulong)KvmCapability.VcpuCountAdvised),
        ("KVM_CAP_NR_MEMSLOTS", (ulong)KvmCapability.MemorySlots),
        ("KVM_CAP_TSC_CONTROL", (ulong)KvmCapability.TscControl),
        ("KVM_CAP_MAX_VCPUS", (ulong)KvmCapability.VcpuCountMax),
        ("KVM_CAP_SYNC_REGS", (ulong)KvmCapability.SyncRegisters),
        ("KVM_CAP_IMMEDIATE_EXIT", (ulong)KvmCapability.ImmediateExit),
        ("KVM_CAP_VCPU_ATTRIBUTES", (ulong)KvmCapability.VcpuAttributes),
        ("KVM_GUESTDBG_ENABLE", KvmDebugControl.Enable),
        ("KVM_GUESTDBG_SINGLESTEP", KvmDebugControl.SingleStep),
        ("KVM_GUESTDBG_USE_HW_BP", KvmDebugControl.HardwareBreakpoints),
        ("KVM_CPUID_FLAG_SIGNIFCANT_INDEX", KvmCpuidEntry.HasSubleaf),
    ]);

    private static ulong Size<T>()
        where T : unmanaged => (ulong)Blittable.SizeOf<T>();

    private static (string Expression, ulong Value) Run(string field, int ours) =>
        ($"offsetof(struct kvm_run, {field})", (ulong)ours);

    /// <param name="fields">The header's names; ours after a colon where they differ in more than
    /// case.</param>
    private static IEnumerable<(string Expression, ulong Value)> Offsets<T>(
        string type, string fields)
    {
        foreach (string field in fields.Split(' '))
        {
            string[] names = field.Split(':');
            string ours = names.Length == 2
                ? names[1]
                : char.ToUpperInvariant(field[0]) + field[1..];
            yield return (
                $"offsetof(struct {type}, {names[0]})",
                (ulong)Marshal.OffsetOf<T>(ours));
        }
    }

    private static void Agree((string Expression, ulong Value)[] ours)
    {
        string folder = Directory.CreateTempSubdirectory("kvm-header").FullName;
        try
        {
            string source = Path.Combine(folder, "h.c");
            string program = Path.Combine(folder, "h");
            File.WriteAllText(
                source,
                "#define _GNU_SOURCE\n#include <linux/kvm.h>\n#include <signal.h>\n"
                + "#include <stddef.h>\n#include <stdio.h>\nint main(void) {\n"
                + string.Concat(ours.Select(o =>
                    $"  printf(\"%llu\\n\", (unsigned long long)({o.Expression}));\n"))
                + "}\n");
            Output("/usr/bin/gcc", "-o", program, source);
            string[] theirs = Output(program).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            theirs.Length.ShouldBe(ours.Length);
            for (int i = 0; i < ours.Length; i++)
            {
                ulong value = ulong.Parse(theirs[i], CultureInfo.InvariantCulture);
                value.ShouldBe(ours[i].Value, ours[i].Expression);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Output(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error.Result);
        return output;
    }
}
