using Dilaton.Core;

namespace Dilaton.Protocol;

/// <summary>The completion of a vCPU's access to a window.</summary>
/// <param name="Data">What was loaded.</param>
public readonly record struct WireCompletion(int Vcpu, VirtualTime At, ReadOnlyMemory<byte> Data);
