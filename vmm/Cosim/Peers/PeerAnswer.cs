using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>The answer to a request behind the cut.</summary>
/// <param name="Record">How many records of this vCPU had been sent before its own.</param>
/// <param name="Latency">From when it passed the cut.</param>
public readonly record struct PeerAnswer(ulong Record, VirtualDuration Latency);
