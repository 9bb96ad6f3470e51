using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("A system guest: a kernel that is booted on a whole machine.")]
internal sealed record SystemJob
{
    [Description("A file of the host: a Linux bzImage (vmlinuz) or vmlinux, or a bare-metal ELF image for "
        + "x86-64 that lies at physical addresses from 1 MiB on.")]
    public required string Kernel { get; init; }

    [Description("A file of the host: its initial RAM disk; null: none.")]
    public string? Initrd { get; init; }

    [Description("Its command line, at most 4095 bytes.")]
    public string Append { get; init; } = "";

    [Description("Where the first serial port and the virtio console go besides procs/NODE/serial.txt and hvc0.txt. "
        + "inherit: to dilaton's own output, and its input goes to the one that the last console= of append "
        + "names; file, none: nowhere; auto: inherit in a job of one node, else file.")]
    public OutputChoice Console { get; init; }

    [Description("A TAP device of the host that eth0 is joined with, in a job of one node without a network; null: "
        + "none.")]
    public string? Tap { get; init; }

    [Description("How fast its cores are, of the fastest, one for each: above 0 to 1, and one of them 1; none: all "
        + "alike.")]
    public IReadOnlyList<Ratio> Speeds { get; init; } = [];

    [Description("Whose local APICs, their timers and I/O APIC it has. kernel: KVM's, which are fast; exact: "
        + "Dilaton's, whose timers go by virtual time in each mode, and with which time in which all cores halt is "
        + "skipped (time.base: run, its default) or not (wall).")]
    public InterruptChoice Interrupts { get; init; }

    [Description("Its virtio disks, at most 6: /dev/vda and so on, in their order.")]
    public IReadOnlyList<DiskJob> Disks { get; init; } = [];
}
