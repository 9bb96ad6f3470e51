using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Dilaton.Time;

namespace Dilaton.Cosim;

/// <summary>A peer behind the wire, as its worker sees it: docs/protocol.md, section 2.</summary>
public sealed class WirePeer : IIntervalPeer, IDisposable
{
    private const uint HeartbeatMilliseconds = 500;
    private const string InorderSet = "inorder";
    private const string IntervalSet = "interval";
    private const string RingFeature = "ring";
    private const string AccessFeature = "access";
    private const string PipelinedFeature = "pipelined";
    private const string BranchesFeature = "branches";

    private readonly WirePeerOptions _options;
    private readonly PeerLine _line;
    private readonly OfferedRing? _ring;
    private readonly IntervalWriter _interval;
    private readonly SessionShape _shape;
    private readonly IntervalReport _report;
    private readonly OpenAccesses _accesses;
    private readonly Envelope _statistics = new() { Statistics = new Protocol.Wire.Statistics() };
    private readonly Queue<(ulong Number, VirtualTime End)> _underWay = new();
    private WireRecord[] _records = new WireRecord[4096];

    /// <param name="transport">Is disposed of with this.</param>
    /// <param name="ring">What <paramref name="transport"/> ends in, if the peer may have a ring;
    /// else null.</param>
    public WirePeer(
        WirePeerOptions options, IMessageTransport transport, OfferedRing? ring = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _ring = ring;
        _line = new PeerLine(options.Name, transport, options.Timeout);
        IntervalParameters? core = options.Interval;
        Invariant.Require(core is null || core.WindowUnits <= ProtocolLimits.WindowUnitsMax);
        _interval = new IntervalWriter(options.VcpuCount, hasProgram: core is not null);
        _shape = SessionShape.Uniform(
            options.VcpuCount, (uint)options.LineSizeBytes, options.StoreBufferEntries) with
        {
            Interval = core is null ? null : new IntervalShape(core.LoadQueueEntries, core.MissRegisters),
        };
        _report = new IntervalReport(options.VcpuCount, options.StoreBufferEntries, core);
        _accesses = new OpenAccesses(options.VcpuCount);
    }

    public string Name => _options.Name;

    public VirtualDuration MinLatency => _options.MinLatency;

    private string IssueSet => _options.Interval is null ? InorderSet : IntervalSet;

    /// <summary>What runs there, as it says; empty before <see cref="Connect"/>.</summary>
    public string Software { get; private set; } = "";

    /// <summary>Waits for the peer, checks that it fits, and welcomes it.</summary>
    /// <exception cref="PeerFaultException">It does not come, or does not fit.</exception>
    public void Connect()
    {
        Hello hello = _line.Receive(Envelope.BodyOneofCase.Hello, waitForEver: _options.IsManual)
            .Hello;
        IReadOnlyList<string> differences = Handshake.Check(hello, new HandshakeExpectations
        {
            Peer = _options.Name,
            VcpuCount = _options.VcpuCount,
            LineSizeBytes = (uint)_options.LineSizeBytes,
            IssueSet = IssueSet,
            MinLatencyPs = _options.MinLatency.Picoseconds,
            Features = Features(),
        });
        if (differences.Count > 0)
        {
            string text = string.Join("; ", differences);
            _line.SayBye(Bye.Types.Code.Refused, text);
            throw _line.Fault($"does not fit: {text}");
        }

        Software = $"{hello.Software} {hello.SoftwareVersion}".TrimEnd();
        _line.Watch(hello.ProcessId);
        OfferedRing? ring = hello.Features.Contains(RingFeature) ? _ring : null;
        _line.Send(new Envelope { Welcome = Welcome(ring?.Create(_options.IntervalsUnderWay) ?? "") }, []);
        ring?.Enter();
    }

    public void Send(IntervalBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        Invariant.Require(_underWay.Count < _options.IntervalsUnderWay);
        _interval.Begin(batch.Number, batch.End, batch.Limit);
        foreach (VcpuBatch vcpu in batch.Vcpus)
        {
            Add(vcpu);
        }

        _line.Send(_interval.Envelope, _interval.Payload);
        _underWay.Enqueue((batch.Number, batch.End));
    }

    public IntervalReport Receive()
    {
        IntervalDone done = _line.Receive(Envelope.BodyOneofCase.IntervalDone).IntervalDone;
        (ulong number, VirtualTime end) = _underWay.Dequeue();
        _line.LastTime = end;
        try
        {
            Read(done, number);
        }
        catch (ProtocolException e)
        {
            throw _line.Reject(e);
        }

        return _report;
    }

    public void RequireAlive() => _line.RequireAlive();

    public void Statistics(bool dump, bool reset, VirtualTime time, string label)
    {
        Invariant.Require(_underWay.Count == 0);
        _statistics.Statistics.Dump = dump;
        _statistics.Statistics.Reset = reset;
        _statistics.Statistics.TimePs = time.Picoseconds;
        _statistics.Statistics.Label = label;
        _line.Send(_statistics, []);
        _line.Receive(Envelope.BodyOneofCase.StatisticsDone);
        _line.LastTime = VirtualTime.Max(_line.LastTime, time);
    }

    /// <summary>Says that the run is over, and waits until the peer has written its output.
    /// </summary>
    public void Finish(VirtualTime time)
    {
        _line.LastTime = time;
        _line.SayBye(Bye.Types.Code.Done, "");
        _line.Receive(Envelope.BodyOneofCase.Bye);
    }

    /// <summary>Its process is gone. Any thread.</summary>
    /// <param name="how">Such as <c>died by SIGKILL</c>.</param>
    public void TellEnded(string how) => _line.TellEnded(how);

    public void Dispose() => _line.Dispose();

    private Welcome Welcome(string ring)
    {
        var welcome = new Welcome
        {
            Version = ProtocolLimits.Version,
            Session = _options.Node,
            Node = _options.Node,
            LineSizeBytes = (uint)_options.LineSizeBytes,
            MinLatencyPs = _options.MinLatency.Picoseconds,
            IssueSet = IssueSet,
            HeartbeatMs = HeartbeatMilliseconds,
            Ring = ring,
            IntervalsUnderWay = _options.IntervalsUnderWay > 1
                ? (uint)_options.IntervalsUnderWay
                : 0,
        };
        welcome.Memory.Add(new MemoryRange { Begin = 0, SizeBytes = _options.MemoryBytes });
        foreach (WirePeerWindow window in _options.Windows)
        {
            welcome.Windows.Add(new Window
            {
                Name = window.Name,
                Begin = window.Base.Value,
                SizeBytes = window.SizeBytes,
                TimedOnly = window.IsTimedOnly,
            });
        }

        for (int i = 0; i < _options.VcpuCount; i++)
        {
            welcome.Vcpus.Add(new Vcpu
            {
                FrequencyHz = _options.Frequency.Hertz,
                UnitsPerCycle = _options.UnitsPerCycle,
                LoadHitCycles = _options.LoadHitCycles,
                StoreBufferEntries = (uint)_options.StoreBufferEntries,
                WindowUnits = _options.Interval?.WindowUnits ?? 0,
                LoadQueueEntries = (uint)(_options.Interval?.LoadQueueEntries ?? 0),
                MissRegisters = (uint)(_options.Interval?.MissRegisters ?? 0),
            });
        }

        return welcome;
    }

    private void Add(VcpuBatch vcpu)
    {
        _interval.AddVcpu(vcpu.FloorUnits, vcpu.IsIdle);
        if (vcpu.HasState)
        {
            _interval.AddState(View(vcpu.State));
        }

        if (vcpu.Access is { } access)
        {
            Add(access);
        }

        ReadOnlySpan<PendingMiss> misses = vcpu.Misses.Span;
        if (misses.Length > _records.Length)
        {
            _records = new WireRecord[Math.Max(misses.Length, _records.Length * 2)];
        }

        for (int i = 0; i < misses.Length; i++)
        {
            ref readonly PendingMiss miss = ref misses[i];
            _records[i] = new WireRecord(
                miss.Position, miss.Line, miss.Cycles, miss.Kind, miss.BehindCut, miss.Program,
                miss.Producer);
        }

        _interval.AddRecords(_records.AsSpan(0, misses.Length));
    }

    /// <summary>What the job needs of the peer beyond the core of the protocol.</summary>
    private List<string> Features()
    {
        List<string> features = [];
        if (_options.Windows.Count > 0)
        {
            features.Add(AccessFeature);
        }

        if (_options.IntervalsUnderWay > 1)
        {
            features.Add(PipelinedFeature);
        }

        if (_options.PredictsBranches)
        {
            features.Add(BranchesFeature);
        }

        return features;
    }

    private void Add(in WindowRequest request)
    {
        Access access = _interval.AddAccess(
            request.Id,
            request.At,
            request.Address,
            request.SizeBytes,
            request.IsStore,
            request.Data.Span);
        _accesses.Sent(access, request.IsTimedOnly);
    }

    private void Read(IntervalDone done, ulong number)
    {
        IntervalDoneReader reader = IntervalDoneReader.Open(done, number, _shape, _line.Payload);
        _report.Reached = reader.Reached;
        foreach (VcpuReport vcpu in _report.Vcpus)
        {
            vcpu.CompletedAt = null;
        }

        for (int i = 0; i < reader.CompletionCount; i++)
        {
            WireCompletion completion = reader.TakeCompletion(i, _accesses);
            _report.Vcpus[completion.Vcpu].CompletedAt = completion.At;
            _report.Vcpus[completion.Vcpu].CompletionData = completion.Data;
        }

        for (int i = 0; i < _options.VcpuCount; i++)
        {
            VcpuReport vcpu = _report.Vcpus[i];
            VcpuSums sums = reader.Sums(i);
            vcpu.Issued = (int)Math.Min(sums.Issued, int.MaxValue);
            vcpu.Answered = sums.Answered;
            vcpu.LatencyPicoseconds = sums.LatencySumPs;
            vcpu.LatencyMaxPicoseconds = sums.LatencyMaxPs;
            VcpuLatencies latencies = reader.ReadLatencies(i);
            vcpu.LatencyBins = latencies.Bins;
            vcpu.LatencyMinPicoseconds = latencies.LeastPs;
            vcpu.OverloadLagPicoseconds = sums.OverloadLagPs;
            Copy(reader.ReadState(i), vcpu.State);
            ReadOpen(reader.ReadOpen(i), new VcpuId(i), vcpu);
            ReadAnswers(reader.ReadAnswers(i), vcpu);
            vcpu.Dropped.Clear();
            foreach (ulong line in reader.ReadDrops(i))
            {
                vcpu.Dropped.Add(new GuestPhysicalAddress(line));
            }
        }
    }

    private static IssueStateView View(IssueState state)
    {
        if (state.Interval is not { } interval)
        {
            return new IssueStateView(
                state.StallUnits, state.NextEntry, state.IsBlocked, state.StoreDone);
        }

        int loads = interval.LoadCount;
        return new IssueStateView(state.StallUnits, state.NextEntry, state.IsBlocked, state.StoreDone)
        {
            NextRegister = interval.NextRegister,
            RegisterDone = interval.RegisterDone,
            LoadPosition = interval.LoadPosition.AsSpan(0, loads),
            LoadProgram = interval.LoadProgram.AsSpan(0, loads),
            LoadDone = interval.LoadDone.AsSpan(0, loads),
        };
    }

    private static void Copy(in IssueStateView from, IssueState to)
    {
        (to.StallUnits, to.NextEntry, to.IsBlocked) = (from.StallUnits, from.NextEntry, from.IsBlocked);
        from.StoreDone.CopyTo(to.StoreDone);
        if (to.Interval is { } interval)
        {
            (interval.NextRegister, interval.LoadCount) = (from.NextRegister, from.LoadDone.Length);
            from.RegisterDone.CopyTo(interval.RegisterDone);
            from.LoadPosition.CopyTo(interval.LoadPosition);
            from.LoadProgram.CopyTo(interval.LoadProgram);
            from.LoadDone.CopyTo(interval.LoadDone);
        }
    }

    private static void ReadAnswers(AnswerView view, VcpuReport report)
    {
        report.Answers.Clear();
        for (int i = 0; i < view.Count; i++)
        {
            report.Answers.Add(new PeerAnswer(view.Records[i], new VirtualDuration(view.LatenciesPs[i])));
        }
    }

    private static void ReadOpen(OpenRequestView view, VcpuId vcpu, VcpuReport report)
    {
        report.Open.Clear();
        for (int i = 0; i < view.Count; i++)
        {
            WireOpenRequest open = view[i];
            report.Open.Add(new OpenRequest(
                new MemoryRequest(open.At, vcpu, (uint)i, 0, open.Kind),
                new IssueTicket(open.IssueUnits, open.Kind, open.Entry),
                open.Cycles));
        }
    }
}
