namespace Dilaton.Core;

/// <summary>What became of a kernel entry.</summary>
/// <param name="Action">What the vCPU does next.</param>
/// <param name="Charge">What it costs in virtual time.</param>
public readonly record struct KernelOutcome(KernelAction Action, KernelCharge Charge);
