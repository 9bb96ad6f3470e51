using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Memory with banks (docs/models.md, "DRAM with banks"). An answer depends on the requests
/// before it in the order of (At, vCPU, sequence) and on nothing else, so where intervals end
/// doesn't show.
/// <code>
///   latency = (edge from which the controller has it - At) + waiting + row + CL + burst + controller
/// </code></summary>
public sealed class BankedDram : ITimingModel, IStatisticsSource
{
    private readonly BankedDramOptions _options;
    private readonly DramClock _clock;
    private readonly AddressDecoder _decoder;
    private readonly DramChannel[] _channels;
    private readonly LatencyHistogram _latencies = new();
    private long _first = -1;
    private long _last;

    /// <param name="key">Of the memory in the job, for errors.</param>
    /// <exception cref="ConfigException">The options contradict themselves.</exception>
    public BankedDram(string key, BankedDramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(key);
        _options = options;
        _clock = new DramClock(options.ClockHertz);
        _decoder = new AddressDecoder(options);
        _channels = new DramChannel[options.Channels];
        for (int i = 0; i < _channels.Length; i++)
        {
            _channels[i] = new DramChannel(i, options);
        }

        MinLatency = MinLatencyOf(options);
    }

    /// <summary>A row hit with nothing in its way.</summary>
    public VirtualDuration MinLatency { get; }

    public static VirtualDuration MinLatencyOf(BankedDramOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ulong hit = new DramClock(options.ClockHertz).TimeOf(options.Timings.Cl + options.BurstClocks);
        return options.Controller + VirtualDuration.FromPicoseconds(hit);
    }

    /// <summary>Is told every command from now on, a channel's not in the order of time; for checks
    /// of the protocol.</summary>
    public void LogCommands(Action<DramCommand> log)
    {
        foreach (DramChannel channel in _channels)
        {
            channel.Log = log;
        }
    }

    /// <summary>What comes before an instant has been, refreshes among it.</summary>
    public void AdvanceTo(VirtualTime time)
    {
        long edge = _clock.EdgeFrom(time.Picoseconds);
        foreach (DramChannel channel in _channels)
        {
            channel.Advance(edge);
        }

        _last = Math.Max(_last, edge);
    }

    public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies)
    {
        Invariant.Require(latencies.Length >= requests.Length);
        for (int i = 0; i < requests.Length; i++)
        {
            latencies[i] = Serve(requests[i]);
        }
    }

    public void Collect(StatisticsList list)
    {
        ArgumentNullException.ThrowIfNull(list);
        long end = Math.Max(_last, _channels.Max(channel => channel.DataEnd));
        UInt128 active = _first < 0 || end <= _first ? 0 : (UInt128)(end - _first);
        list.Count("reads", Sum(c => c.Reads + c.Forwarded), "Count", "lines read");
        list.Count("writes", Sum(c => c.Writes), "Count", "lines written");
        list.Count("forwarded", Sum(c => c.Forwarded), "Count", "reads that a waiting write answered");
        list.Count("merged", Sum(c => c.Merged), "Count", "writes of a line that waited already");
        list.Count("rowHits", Sum(c => c.RowHits), "Count", "accesses whose row was open");
        list.Count("rowMisses", Sum(c => c.RowMisses), "Count", "accesses that found no row open");
        list.Count("rowConflicts", Sum(c => c.RowConflicts), "Count",
            "accesses that found another row open");
        list.Count("activates", Sum(c => c.Activates), "Count", "rows opened");
        list.Count("precharges", Sum(c => c.Precharges), "Count",
            "rows closed for another row, or by themselves");
        list.Count("refreshes", Sum(c => c.Refreshes), "Count", "refreshes of a rank");
        list.Quotient("refreshTime", Ps(Sum(c => c.Refreshes) * (uint)_options.Timings.Rfc),
            _options.ClockHertz, "Tick", "time in refresh, all ranks");
        list.Count("turnarounds", Sum((c, channel) => c.TurnaroundsWith(channel.Promised)), "Count",
            "changes from reading to writing or back");
        list.Count("writeDrains", Sum(c => c.Drains), "Count",
            "times that the waiting writes reached the high mark");
        list.Count("queued", Sum(c => c.Waited), "Count", "reads that waited");
        list.Quotient("queueingTime", Ps(Sum(c => c.WaitClocks)), _options.ClockHertz, "Tick",
            "time reads waited, beyond what their rows took");
        list.Quotient("queueingTimeMean", Ps(Sum(c => c.WaitClocks)),
            Sum(c => c.Reads) * _options.ClockHertz, "Tick", "wait by reads");
        list.Quotient("queueingTimeMax", Ps((UInt128)_channels.Max(c => c.Counters.WaitClocksMax)),
            _options.ClockHertz, "Tick", "longest wait");
        list.Quotient("utilisation", Sum(c => c.Reads + c.Writes) * (uint)_options.BurstClocks,
            active * (uint)_channels.Length, "Ratio",
            "time in transfer by time from first request to last transfer, by channels");
        for (int i = 0; i < _channels.Length; i++)
        {
            CollectChannel(list, i, active);
        }

        _latencies.Collect(list, "readLatency", "reads");
    }

    public void ResetStatistics()
    {
        foreach (DramChannel channel in _channels)
        {
            channel.Counters.Reset();
        }

        _latencies.Reset();
        _first = -1;
    }

    private void CollectChannel(StatisticsList list, int index, UInt128 active)
    {
        ChannelCounters counters = _channels[index].Counters;
        string name = string.Create(CultureInfo.InvariantCulture, $"channel{index}");
        UInt128 line = (uint)_options.LineSizeBytes;
        UInt128 moved = counters.Reads + counters.Writes;
        list.Count($"{name}.bytesRead", counters.Reads * line, "Byte", "bytes read");
        list.Count($"{name}.bytesWritten", counters.Writes * line, "Byte", "bytes written");
        list.Quotient($"{name}.bandwidth", moved * line * _options.ClockHertz, active, "Byte",
            "bytes moved by second from first request to last transfer");
        list.Quotient($"{name}.busUtilisation", moved * (uint)_options.BurstClocks, active, "Ratio",
            "time in transfer by time from first request to last transfer");
    }

    /// <summary>HOT: per request.</summary>
    private VirtualDuration Serve(in MemoryRequest request)
    {
        DramAddress where = _decoder.Decode(request.Line);
        DramChannel channel = _channels[where.Channel];
        long edge = _clock.EdgeFrom(request.At.Picoseconds);
        _first = _first < 0 ? edge : Math.Min(_first, edge);
        _last = Math.Max(_last, edge);
        if (request.Kind == MemoryEventKind.Writeback)
        {
            channel.Write(edge, request.Line, where);
            return MinLatency;
        }

        long end = channel.Read(edge, request.Line, where);
        VirtualDuration latency = end < 0
            ? MinLatency
            : new VirtualTime(_clock.TimeOf(end)) - request.At + _options.Controller;
        _latencies.Add(latency.Picoseconds);
        return latency;
    }

    private static UInt128 Ps(UInt128 clocks) => clocks * 1_000_000_000_000;

    private UInt128 Sum(Func<ChannelCounters, UInt128> of) => Sum((counters, _) => of(counters));

    private UInt128 Sum(Func<ChannelCounters, DramChannel, UInt128> of)
    {
        UInt128 sum = 0;
        foreach (DramChannel channel in _channels)
        {
            sum += of(channel.Counters, channel);
        }

        return sum;
    }
}
