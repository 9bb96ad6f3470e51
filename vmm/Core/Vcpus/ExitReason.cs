namespace Dilaton.Core;

/// <summary>Why control came back from guest to VMM. A closed set: an unknown one stops the run.
/// </summary>
public enum ExitReason
{
    /// <summary>The budget is used up; rip is the next instruction.</summary>
    BudgetExhausted,

    /// <summary>SYSCALL executed and counted; rip is the instruction after it; rcx and r11 are set
    /// as the instruction sets them; rax still holds the number.</summary>
    SystemCall,

    /// <summary>RDTSC or RDTSCP executed and counted; rip is after it; the caller writes
    /// rdx:rax (and ecx when <see cref="VcpuExit.Code"/> is 1).</summary>
    TimestampRead,

    /// <summary>PAUSE executed and counted; rip is after it.</summary>
    Pause,

    /// <summary>The instruction at rip faulted and has not executed nor been counted.</summary>
    Fault,

    /// <summary>A region mark executed and counted; <see cref="VcpuExit.Code"/> is gem5's m5op
    /// function number, arguments are in rdi and rsi; rip is after it.</summary>
    RegionMark,

    /// <summary>The instruction at rip accesses a window, as <see cref="VcpuExit.Window"/> says, and
    /// has not executed nor been counted; <see cref="IVcpu.RunWindowAccess"/> executes it.</summary>
    WindowAccess,
}
