namespace Dilaton.Tests.Simulation;

/// <summary>Instructions of the scripted machine; rip counts instructions.</summary>
public enum ScriptOp
{
    /// <summary>Nothing but its cost.</summary>
    Compute,

    /// <summary>rax = memory[A].</summary>
    Load,

    /// <summary>As Load, across the end of A's line.</summary>
    LoadAcross,

    /// <summary>memory[A] = rbx.</summary>
    Store,

    /// <summary>memory[A] += 1.</summary>
    Modify,

    /// <summary>rbx = A.</summary>
    Set,

    /// <summary>rcx = A.</summary>
    SetCounter,

    /// <summary>rcx -= 1; to A unless it is 0.</summary>
    Loop,

    /// <summary>To A if rax is 0.</summary>
    JumpIfZero,
    Jump,
    Pause,

    /// <summary>System call A with rdi = B.</summary>
    SystemCall,
    Timestamp,

    /// <summary>Region mark A with rdi = B.</summary>
    Mark,

    /// <summary>rax = window[A], 8 bytes.</summary>
    WindowLoad,

    /// <summary>window[A] = rbx, 8 bytes.</summary>
    WindowStore,

    /// <summary>window[A] += 1, 8 bytes.</summary>
    WindowModify,
}
