namespace Dilaton.Kvm;

/// <summary>Why guest code was left, as its engine saw it.</summary>
internal enum ExitCause
{
    SystemCall,

    /// <summary>A page that only the page tables lacked.</summary>
    PageFill,

    /// <summary>Any other exception.</summary>
    Exception,

    /// <summary>An access to a window; not the steps and samples that follow.</summary>
    Window,

    /// <summary>A timer.</summary>
    Interruption,

    /// <summary>A step or breakpoint that a hook asked for.</summary>
    Debug,

    /// <summary>Memory that the host does not have.</summary>
    HostFault,
}
