using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>An access to a window as its peer gets it.</summary>
/// <param name="Data">What is stored; empty for a load, and if the worker keeps the data.</param>
/// <param name="IsTimedOnly">The worker keeps the data.</param>
public readonly record struct WindowRequest(
    ulong Id,
    VirtualTime At,
    GuestPhysicalAddress Address,
    int SizeBytes,
    bool IsStore,
    ReadOnlyMemory<byte> Data,
    bool IsTimedOnly);
