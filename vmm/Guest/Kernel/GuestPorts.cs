using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a node kernel needs of whoever runs its node.</summary>
public sealed record GuestPorts
{
    public required INodeClock Clock { get; init; }

    public required IEventQueue Events { get; init; }

    public required IVcpuScheduler Scheduler { get; init; }

    public required IKernelAccessSink Accesses { get; init; }

    /// <summary>Where frames of the node's interface go; without one they are lost.</summary>
    public IFrameSink? Frames { get; init; }
}
