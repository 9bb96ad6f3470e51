namespace Dilaton.Kvm;

/// <summary>How user code came out of a vCPU.</summary>
internal enum UserExitKind
{
    /// <summary>A signal ended KVM_RUN; nothing happened in the guest.</summary>
    Interrupted,

    SystemCall,

    Exception,

    /// <summary>A single step, or a breakpoint, that was asked for.</summary>
    Debug,

    /// <summary>The guest touched memory that the host does not have.</summary>
    HostFault,
}
