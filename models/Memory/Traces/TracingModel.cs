using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Writes what another model is asked.</summary>
public sealed class TracingModel(ITimingModel model, TraceWriter trace, uint lineSizeBytes)
    : ITimingModel
{
    public VirtualDuration MinLatency => model.MinLatency;

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        foreach (ref readonly MemoryRequest request in requests)
        {
            trace.Write(new TraceRecord(
                request.At, request.Vcpu, request.Kind, request.Line, lineSizeBytes));
        }

        model.Weave(requests, latencies);
    }
}
