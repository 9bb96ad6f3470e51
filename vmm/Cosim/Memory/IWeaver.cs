using Dilaton.Core;

namespace Dilaton.Cosim;

/// <summary>Gives the vCPUs' timelines their true latencies: a model in process, or a peer.
/// </summary>
internal interface IWeaver
{
    /// <summary>Requests timed since the last reset.</summary>
    ulong RequestCount { get; }

    UInt128 LatencyPicoseconds { get; }

    /// <summary>Of each request; null where a peer does not count them.</summary>
    LatencyHistogram? Latencies { get; }

    /// <summary>No answer that is still due comes before this.</summary>
    VirtualTime Reached { get; }

    /// <summary>The last <see cref="WeaveTo"/> changed something.</summary>
    bool HasMoved { get; }

    /// <summary>Times all requests that pass the cut before <paramref name="end"/>.</summary>
    /// <param name="limit">What happens then may change what vCPUs do: nothing at or after it is
    /// timed.</param>
    void WeaveTo(VirtualTime end, VirtualTime limit);

    void ResetStatistics();
}
