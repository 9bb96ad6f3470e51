using System.ComponentModel;
using Dilaton.Core;

namespace Dilaton.Cli;

[Description("Base cost of each class of kernel work; bytes copied come on top.")]
internal sealed record KernelBaseJob
{
    [Description("getpid, clock_gettime and other calls that touch nothing.")]
    public VirtualDuration Trivial { get; init; } = VirtualDuration.FromNanoseconds(100);

    [Description("read, write, stat, lseek on an open or named file.")]
    public VirtualDuration File { get; init; } = VirtualDuration.FromNanoseconds(400);

    [Description("mmap, munmap, mprotect, brk.")]
    public VirtualDuration Memory { get; init; } = VirtualDuration.FromNanoseconds(800);

    [Description("futex, nanosleep, poll, sched_yield.")]
    public VirtualDuration Wait { get; init; } = VirtualDuration.FromNanoseconds(500);

    [Description("clone, exit, thread set-up.")]
    public VirtualDuration Process { get; init; } = VirtualDuration.FromMicroseconds(15);

    [Description("A minor page fault: first touch of a page.")]
    public VirtualDuration PageFault { get; init; } = VirtualDuration.FromNanoseconds(500);

    [Description("Switching a core from one thread to another.")]
    public VirtualDuration ContextSwitch { get; init; } =
        VirtualDuration.FromNanoseconds(1_200);

    [Description("Starting a signal handler, in addition to the entry at whose end it starts.")]
    public VirtualDuration Signal { get; init; } = VirtualDuration.FromNanoseconds(1_000);

    [Description("Sockets.")]
    public VirtualDuration Network { get; init; } = VirtualDuration.FromNanoseconds(2_000);

    [Description("A frame that has come, until its socket has it; no core's time.")]
    public VirtualDuration Packet { get; init; } = VirtualDuration.FromNanoseconds(1_000);
}
