using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>A change of a node's time dilation factor that took effect.</summary>
public readonly record struct RateChange(VirtualTime Time, Ratio Factor);
