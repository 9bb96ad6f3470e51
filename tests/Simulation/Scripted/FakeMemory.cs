using Dilaton.Core;

namespace Dilaton.Tests.Simulation;

/// <summary>Four banks, each busy for a while after each request; keeps what it was asked.
/// </summary>
public sealed class FakeMemory : ITimingModel
{
    private readonly ulong[] _freeAt = new ulong[4];

    public VirtualDuration MinLatency { get; set; } = VirtualDuration.FromNanoseconds(30);

    public ulong BusyPicoseconds { get; init; } = 47_123;

    /// <summary>No line takes longer than another.</summary>
    public bool IsFlat { get; init; }

    public List<MemoryRequest>? Requests { get; init; }

    public List<VirtualDuration> Latencies { get; } = [];

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        for (int i = 0; i < requests.Length; i++)
        {
            ref ulong free = ref _freeAt[(requests[i].Line >> 6) % 4];
            ulong start = Math.Max(free, requests[i].At.Picoseconds);
            free = start + BusyPicoseconds;
            latencies[i] = new VirtualDuration(start - requests[i].At.Picoseconds)
                + MinLatency
                + new VirtualDuration(IsFlat ? 0 : (requests[i].Line >> 6) % 3 * 7_001);
            Requests?.Add(requests[i]);
            if (Requests is not null)
            {
                Latencies.Add(latencies[i]);
            }
        }
    }
}
