using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Asks a model what a trace says, at the times that it says: line by line, what waits for
/// answers being in the trace's times already.</summary>
public sealed class TraceReplay : IStatisticsSource
{
    private readonly ITimingModel _model;
    private readonly int _vcpuCount;
    private readonly ulong _lineBytes;
    private readonly LatencyHistogram _latencies = new();
    private readonly MemoryRequest[] _request = new MemoryRequest[1];
    private readonly VirtualDuration[] _latency = new VirtualDuration[1];
    private ulong _records;
    private uint _sequence;
    private VirtualTime _end;

    /// <param name="model">Also a source of statistics.</param>
    public TraceReplay(ITimingModel model, int vcpuCount, int lineSizeBytes)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _vcpuCount, _lineBytes) = (model, vcpuCount, (ulong)lineSizeBytes);
    }

    /// <summary>All that is left of a trace.</summary>
    /// <exception cref="TraceException">It is cut off or damaged.</exception>
    public void Run(TraceReader trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        while (trace.TryRead(out TraceRecord record))
        {
            _records++;
            ulong last = record.Address + record.SizeBytes - 1;
            for (ulong line = record.Address & ~(_lineBytes - 1); line <= last; line += _lineBytes)
            {
                Ask(record, line);
            }
        }
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        list.Count("replay.records", _records, "Count", "requests of the trace");
        list.Count("replay.lines", _sequence, "Count", "lines that they asked for");
        list.Count("replay.time", _end.Picoseconds, "Tick", "when the last read was answered");
        _latencies.Collect(list, "replay.readLatency", "reads");
        list.Add("dram", (IStatisticsSource)_model);
    }

    public void ResetStatistics()
    {
        _latencies.Reset();
        ((IStatisticsSource)_model).ResetStatistics();
    }

    private void Ask(in TraceRecord record, ulong line)
    {
        _request[0] = new MemoryRequest(
            record.At, new VcpuId(record.Vcpu.Index % _vcpuCount), _sequence++, line, record.Kind);
        _model.Weave(_request, _latency);
        if (!record.IsWrite)
        {
            _latencies.Add(_latency[0].Picoseconds);
            _end = VirtualTime.Max(_end, record.At + _latency[0]);
        }
    }
}
