namespace Dilaton.Cli;

/// <summary>Whose interrupt controllers and timers a system guest has.</summary>
internal enum InterruptChoice
{
    /// <summary>KVM's.</summary>
    Kernel,

    /// <summary>Dilaton's own, in virtual time.</summary>
    Exact,
}
