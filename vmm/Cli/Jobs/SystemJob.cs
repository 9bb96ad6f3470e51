using System.ComponentModel;

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

    [Description("Where the first serial port goes besides procs/NODE/serial.txt. inherit: to and from "
        + "dilaton's own input and output; file, none: nowhere; auto: inherit in a job of one node, else "
        + "file.")]
    public OutputChoice Console { get; init; }
}
