namespace Dilaton.Kvm;

/// <summary>Called on the vCPU's thread, with the vCPU out of the guest. What it throws ends the run.
/// </summary>
/// <typeparam name="TExit">What is known of an exit for one reason.</typeparam>
public delegate ExitVerdict ExitHook<TExit>(in TExit exit)
    where TExit : allows ref struct;
