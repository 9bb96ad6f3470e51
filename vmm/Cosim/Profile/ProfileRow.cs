namespace Dilaton.Cosim;

/// <summary>What happened at a place of the code.</summary>
/// <param name="Values">By column.</param>
public sealed record ProfileRow(CodePlace Place, IReadOnlyList<ulong> Values);
