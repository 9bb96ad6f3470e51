namespace Dilaton.Machine;

/// <summary>How a guest ended its machine.</summary>
/// <param name="Code">The guest's exit code: 0 is success.</param>
/// <param name="Why">In words.</param>
public sealed record BoardEnd(int Code, string Why);
