namespace Dilaton.Protocol;

/// <summary>The answer to a request behind the cut.</summary>
/// <param name="Record">How many records of its vCPU had been sent before its own.</param>
public readonly record struct WireAnswer(ulong Record, ulong LatencyPs);
