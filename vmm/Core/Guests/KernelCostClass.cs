namespace Dilaton.Core;

/// <summary>Classes of kernel work, each with its own base cost in the job (`kernel.base`).
/// </summary>
public enum KernelCostClass
{
    /// <summary>Free: host artefacts that no real machine would have.</summary>
    None,

    /// <summary>getpid, clock_gettime and other calls that touch nothing.</summary>
    Trivial,

    /// <summary>read, write, stat, lseek on an open or named file.</summary>
    File,

    /// <summary>mmap, munmap, mprotect, brk.</summary>
    Memory,

    /// <summary>futex, nanosleep, poll, sched_yield.</summary>
    Wait,

    /// <summary>clone, exit, thread set-up.</summary>
    Process,

    /// <summary>A minor page fault: first touch of a page.</summary>
    PageFault,

    /// <summary>Switching a vCPU from one thread to another.</summary>
    ContextSwitch,

    /// <summary>Starting a signal handler, in addition to the entry at whose end it starts.</summary>
    Signal,

    /// <summary>Sockets.</summary>
    Network,

    /// <summary>A frame that has come, until its socket has it: a soft interrupt. It is a delay, and
    /// no vCPU's time.</summary>
    Packet,
}
