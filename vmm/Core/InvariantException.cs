namespace Dilaton.Core;

/// <summary>A broken belief: a defect of Dilaton, never of the user or the guest.</summary>
public sealed class InvariantException(string claim) : Exception($"broken invariant: {claim}")
{
    public string Claim { get; } = claim;
}
