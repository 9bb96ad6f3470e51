namespace Dilaton.Kvm;

/// <summary>How a detail window deals with an instruction.</summary>
internal enum StepKind
{
    /// <summary>It is stepped over, and its accesses are those of its operands.</summary>
    Plain,

    /// <summary>Stepped over turn by turn; its accesses are chunks of what all turns did.</summary>
    Repeated,

    /// <summary>Stepped over; its accesses are not told.</summary>
    Hidden,

    /// <summary>SYSCALL, which would carry the trap flag off in r11: it leaves by itself.</summary>
    SystemCall,

    /// <summary>PUSHF, which would show the guest the trap flag: the window ends before it.</summary>
    ShowsFlags,
}
