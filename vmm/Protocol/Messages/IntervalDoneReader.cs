using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>An IntervalDone as the worker reads it. What it gives out is checked, and consistent
/// within each vCPU; it is valid as long as the payload is.</summary>
public readonly ref struct IntervalDoneReader
{
    private readonly IntervalDone _done;
    private readonly SessionShape _shape;
    private readonly ReadOnlySpan<byte> _payload;

    private IntervalDoneReader(
        IntervalDone done, SessionShape shape, ReadOnlySpan<byte> payload)
    {
        _done = done;
        _shape = shape;
        _payload = payload;
    }

    /// <summary>Everything before this has happened in the peer.</summary>
    public VirtualTime Reached => VirtualTime.FromPicoseconds(_done.ReachedPs);

    /// <param name="number">Of the Interval that it answers.</param>
    /// <exception cref="ProtocolException">It answers another interval, or has another shape.
    /// </exception>
    public static IntervalDoneReader Open(
        IntervalDone done, ulong number, SessionShape shape, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(done);
        ArgumentNullException.ThrowIfNull(shape);
        if (done.Number != number)
        {
            throw new ProtocolException(0, "interval_done.number", $"{number}", $"{done.Number}");
        }

        if (done.Vcpus.Count != shape.VcpuCount)
        {
            throw new ProtocolException(
                0, "interval_done.vcpus", $"{shape.VcpuCount} of them", $"{done.Vcpus.Count}");
        }

        return new IntervalDoneReader(done, shape, payload);
    }

    public VcpuSums Sums(int vcpu)
    {
        VcpuOutput output = _done.Vcpus[vcpu];
        return new VcpuSums(
            output.Issued, output.Answered, output.LatencySumPs, output.LatencyMaxPs,
            output.OverloadLagPs);
    }

    /// <exception cref="ProtocolException">They are no bins, or not those of as many answers.
    /// </exception>
    public VcpuLatencies ReadLatencies(int vcpu)
    {
        VcpuOutput output = _done.Vcpus[vcpu];
        Google.Protobuf.Collections.RepeatedField<ulong> bins = output.LatencyBins;
        ulong count = 0;
        bool isGood = bins.Count % 2 == 0;
        for (int i = 0; isGood && i < bins.Count; i += 2)
        {
            ulong left = output.Answered - count;
            isGood = bins[i] < LatencyHistogram.BinCount && (i == 0 || bins[i] > bins[i - 2])
                && bins[i + 1] > 0 && bins[i + 1] <= left;
            count += isGood ? bins[i + 1] : 0;
        }

        if (!isGood || (bins.Count > 0 && count != output.Answered))
        {
            throw new ProtocolException(
                0, $"interval_done.vcpus[{vcpu}].latency_bins",
                $"growing numbers below {LatencyHistogram.BinCount} with the counts of {output.Answered} answers",
                string.Join(' ', bins.Take(8)));
        }

        return new VcpuLatencies(bins, output.LatencyMinPs);
    }

    /// <exception cref="ProtocolException">It lies outside of the payload, or names what is not
    /// there.</exception>
    public IssueStateView ReadState(int vcpu) => StateCodec.Read(
        _payload, _done.Vcpus[vcpu].StateOffset, _shape.StoreBufferEntries[vcpu], _shape.Interval,
        new FieldPath("interval_done.vcpus[].state_offset", vcpu));

    /// <summary>Requests on their way, in the order of their issue.</summary>
    /// <exception cref="ProtocolException">They lie outside of the payload, or contradict the
    /// state: the stores among them are those whose entries are unanswered, and if the core is
    /// blocked, it waits for the last of them.</exception>
    public OpenRequestView ReadOpen(int vcpu)
    {
        VcpuOutput output = _done.Vcpus[vcpu];
        var where = new FieldPath("interval_done.vcpus[].open_offset", vcpu);
        if (_shape.Interval is null)
        {
            return OpenRequestCodec.Read(
                _payload, output.OpenOffset, output.OpenCount, ReadState(vcpu), where);
        }

        if (output.OpenCount != 0)
        {
            PayloadReader.Fail(where, "no open requests with interval", $"{output.OpenCount}");
        }

        return default;
    }

    /// <summary>All answers of the interval, in the order in which they came; with the issue set `inorder`
    /// none.</summary>
    /// <exception cref="ProtocolException">They lie outside of the payload, are not those counted, or there
    /// are some with `inorder`.</exception>
    public AnswerView ReadAnswers(int vcpu)
    {
        VcpuOutput output = _done.Vcpus[vcpu];
        var where = new FieldPath("interval_done.vcpus[].answer_offset", vcpu);
        ulong expected = _shape.Interval is null ? 0 : output.Answered;
        if (output.AnswerCount != expected)
        {
            PayloadReader.Fail(where, $"{expected} answers", $"{output.AnswerCount}");
        }

        return AnswerCodec.Read(_payload, output.AnswerOffset, output.AnswerCount, where);
    }

    public int CompletionCount => _done.Completions.Count;

    /// <summary>The completion of an access, which is open no more.</summary>
    /// <exception cref="ProtocolException">It can't be.</exception>
    public WireCompletion TakeCompletion(int index, OpenAccesses open)
    {
        ArgumentNullException.ThrowIfNull(open);
        Completion completion = _done.Completions[index];
        return new WireCompletion(
            open.Take(completion, index),
            VirtualTime.FromPicoseconds(completion.AtPs),
            completion.Data.Memory);
    }

    /// <summary>Lines that the vCPU's filter must drop.</summary>
    /// <exception cref="ProtocolException">They lie outside of the payload, or are no lines.
    /// </exception>
    public ReadOnlySpan<ulong> ReadDrops(int vcpu)
    {
        VcpuOutput output = _done.Vcpus[vcpu];
        return DropCodec.Read(
            _payload, output.DropOffset, output.DropCount, _shape.LineSizeBytes,
            new FieldPath("interval_done.vcpus[].drop_offset", vcpu));
    }
}
