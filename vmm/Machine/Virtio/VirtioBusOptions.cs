using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>A machine's virtio devices, and what they are connected to.</summary>
public sealed record VirtioBusOptions
{
    /// <summary>In the order of their addresses and interrupts.</summary>
    public required IReadOnlyList<VirtioDevice> Devices { get; init; }

    public required PhysicalMemory Memory { get; init; }

    /// <summary>Virtual time.</summary>
    public required Func<VirtualTime> Now { get; init; }

    /// <summary>Sets a global system interrupt's line.</summary>
    public required Action<int, bool> SetInterrupt { get; init; }

    /// <summary>When <see cref="Board.RunDue"/> is to be called; MaxValue: not at all.</summary>
    public required Action<VirtualTime> SetAlarm { get; init; }
}
