using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A window as its peer is told of it.</summary>
/// <param name="IsTimedOnly">The worker keeps the data.</param>
public sealed record WirePeerWindow(
    string Name, GuestPhysicalAddress Base, ulong SizeBytes, bool IsTimedOnly);
