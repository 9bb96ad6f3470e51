namespace Dilaton.Kvm;

/// <summary>How a host runs kernel-mode code of guests.</summary>
public enum KernelModeSpeed
{
    /// <summary>Natively, by VMX or SVM.</summary>
    Hardware,

    /// <summary>Instruction by instruction, about a million a second. User code runs natively.
    /// </summary>
    Emulated,
}
