using Dilaton.Core;

namespace Dilaton.Machine;

/// <summary>What a virtio device is, behind its transport: features, configuration, and what it does with
/// requests. Its board's lock is held whenever it is called.</summary>
public abstract class VirtioDevice : IStatisticsSource
{
    /// <summary>By which statistics and messages name it; unique on a board.</summary>
    public abstract string Name { get; }

    /// <summary>VIRTIO 1.2, "Device Types".</summary>
    internal abstract uint Kind { get; }

    internal abstract int QueueCount { get; }

    /// <summary>Besides those of every device.</summary>
    internal virtual ulong Features => 0;

    internal virtual ReadOnlySpan<byte> Configuration => [];

    /// <summary>Something an operator should know; null: nothing.</summary>
    internal virtual string? Trouble => null;

    /// <summary>The driver has put requests into a queue.</summary>
    /// <exception cref="VirtioFaultException">No driver may do that.</exception>
    internal abstract void Serve(VirtioTransport transport, int queue);

    /// <summary>The driver begins anew.</summary>
    internal virtual void Reset()
    {
    }

    /// <inheritdoc/>
    public abstract void Collect(StatisticsList list);

    /// <inheritdoc/>
    public abstract void ResetStatistics();
}
