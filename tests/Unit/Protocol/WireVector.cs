using Dilaton.Protocol.Wire;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>A golden message, and what it says.</summary>
/// <param name="Refusal">What is wrong with it; null if nothing is.</param>
internal sealed record WireVector(
    string Name, Envelope Envelope, byte[] Payload, string? Refusal = null);
