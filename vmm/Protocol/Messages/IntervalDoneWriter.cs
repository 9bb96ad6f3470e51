using Dilaton.Core;
using Dilaton.Protocol.Wire;

namespace Dilaton.Protocol;

/// <summary>Builds an IntervalDone and its payload as a peer does: Begin, then AddVcpu for each in
/// order. All is used again by the next one.</summary>
public sealed class IntervalDoneWriter
{
    private readonly PayloadBuffer _payload = new();
    private readonly IntervalDone _done = new();
    private readonly VcpuOutput[] _outputs;

    public IntervalDoneWriter(int vcpuCount)
    {
        _outputs = [.. Enumerable.Range(0, vcpuCount).Select(_ => new VcpuOutput())];
        Envelope = new Envelope { IntervalDone = _done };
    }

    public Envelope Envelope { get; }

    public ReadOnlySpan<byte> Payload => _payload.Bytes;

    public void Begin(ulong number, VirtualTime reached)
    {
        _payload.Clear();
        _done.Number = number;
        _done.ReachedPs = reached.Picoseconds;
        _done.Vcpus.Clear();
        _done.Completions.Clear();
    }

    public void AddCompletion(Completion completion) => _done.Completions.Add(completion);

    /// <param name="open">In the order of their issue.</param>
    /// <param name="drops">Lines for the filter to drop.</param>
    /// <param name="answers">With the issue set `interval`, where <paramref name="open"/> is empty.</param>
    public void AddVcpu(
        in VcpuSums sums, in IssueStateView state, ReadOnlySpan<WireOpenRequest> open,
        ReadOnlySpan<ulong> drops, in VcpuLatencies latencies = default,
        ReadOnlySpan<WireAnswer> answers = default)
    {
        Invariant.Require(_done.Vcpus.Count < _outputs.Length);
        VcpuOutput output = _outputs[_done.Vcpus.Count];
        output.Issued = sums.Issued;
        output.Answered = sums.Answered;
        output.LatencySumPs = sums.LatencySumPs;
        output.LatencyMaxPs = sums.LatencyMaxPs;
        output.OverloadLagPs = sums.OverloadLagPs;
        output.StateOffset = StateCodec.Write(_payload, state);
        output.OpenCount = (uint)open.Length;
        output.OpenOffset = OpenRequestCodec.Write(_payload, open);
        output.DropCount = (uint)drops.Length;
        output.DropOffset = _payload.AppendWords(drops);
        output.LatencyBins.Clear();
        output.LatencyBins.AddRange(latencies.Bins ?? []);
        output.LatencyMinPs = latencies.LeastPs;
        output.AnswerCount = (uint)answers.Length;
        output.AnswerOffset = answers.IsEmpty ? 0 : AnswerCodec.Write(_payload, answers);
        _done.Vcpus.Add(output);
    }
}
