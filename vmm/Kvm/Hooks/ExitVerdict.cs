namespace Dilaton.Kvm;

/// <summary>What a hook makes of an exit.</summary>
public enum ExitVerdict
{
    /// <summary>The next hook is asked, and at last the engine itself.</summary>
    Pass,

    /// <summary>Done with: nobody else is asked, and the vCPU goes back into the guest.</summary>
    Handled,
}
