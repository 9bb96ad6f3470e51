using System.Globalization;
using System.Text;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>A message in words, a line each; tests/vectors/wire/README.md lists them. What it says
/// is what the readers read, so it is their oracle too.</summary>
internal static class WireVectorText
{
    public static string Of(WireVector vector, Envelope read)
    {
        StringBuilder text = new();
        Line(text, $"message {read.BodyCase} sequence {read.Sequence}");
        if (vector.Refusal is string refusal)
        {
            Line(text, $"refuse {refusal}");
        }
        else if (read.BodyCase == Envelope.BodyOneofCase.Interval)
        {
            Interval(text, read.Interval, vector);
        }
        else if (read.BodyCase == Envelope.BodyOneofCase.IntervalDone)
        {
            Done(text, read.IntervalDone, vector);
        }
        else if (!ClusterVectorText.TryAdd(text, read, vector.Payload))
        {
            Line(text, $"header {read}");
        }

        return text.ToString();
    }

    private static void Interval(StringBuilder text, Interval interval, WireVector vector)
    {
        IntervalReader reader = IntervalReader.Open(
            interval, interval.Number, WireVectorMaker.ShapeOf(vector.Name), vector.Payload);
        Line(text, $"interval {interval.Number} end {interval.EndPs} limit {interval.LimitPs}");
        for (int v = 0; v < WireVectorMaker.Vcpus; v++)
        {
            Line(text, $"vcpu {v} floor {reader.FloorUnits(v)} idle {Bit(reader.IsIdle(v))}");
            if (reader.TryReadState(v, out IssueStateView state))
            {
                State(text, state);
            }
        }

        for (int b = 0; b < reader.BlockCount; b++)
        {
            RecordBlockView block = reader.ReadBlock(b);
            string program = block.Programs.IsEmpty ? "" : $" program {block.BaseProgram}";
            Line(text, $"block vcpu {block.Vcpu} count {block.Count} base {block.BaseUnits}{program}");
            for (int i = 0; i < block.Count; i++)
            {
                WireRecord record = block[i];
                string names = block.Programs.IsEmpty ? "" : Names(record);
                Line(text, $"record {record.PositionUnits} {record.Cycles} 0x{record.Line:x} "
                    + $"{(int)record.Kind} {Bit(record.BehindCut)}{names}");
            }
        }

        foreach (Access access in interval.Accesses)
        {
            Line(text, $"access {access.Id} vcpu {access.Vcpu} at {access.AtPs} 0x{access.Address:x} "
                + $"{access.SizeBytes} {Bit(access.Store)}{Bytes(access.Data)}");
        }
    }

    private static string Names(in WireRecord record) => record.Producer == WireRecord.NoProducer
        ? $" {record.Program} -"
        : $" {record.Program} {record.Producer}";

    private static void Done(StringBuilder text, IntervalDone done, WireVector vector)
    {
        IntervalDoneReader reader = IntervalDoneReader.Open(
            done, done.Number, WireVectorMaker.ShapeOf(vector.Name), vector.Payload);
        Line(text, $"interval {done.Number} reached {done.ReachedPs}");
        for (int v = 0; v < WireVectorMaker.Vcpus; v++)
        {
            VcpuSums sums = reader.Sums(v);
            Line(text, $"vcpu {v} issued {sums.Issued} answered {sums.Answered} "
                + $"latency {sums.LatencySumPs} {sums.LatencyMaxPs} lag {sums.OverloadLagPs}");
            VcpuLatencies latencies = reader.ReadLatencies(v);
            for (int i = 0; i < latencies.Bins.Count; i += 2)
            {
                Line(text, $"bin {latencies.Bins[i]} {latencies.Bins[i + 1]} least {latencies.LeastPs}");
            }

            State(text, reader.ReadState(v));
            OpenRequestView open = reader.ReadOpen(v);
            for (int i = 0; i < open.Count; i++)
            {
                WireOpenRequest request = open[i];
                Line(text, $"open {request.IssueUnits} {request.At.Picoseconds} "
                    + $"{request.Cycles} {request.Entry} {(int)request.Kind}");
            }

            AnswerView answers = reader.ReadAnswers(v);
            for (int i = 0; i < answers.Count; i++)
            {
                Line(text, $"answer {answers.Records[i]} {answers.LatenciesPs[i]}");
            }

            foreach (ulong line in reader.ReadDrops(v))
            {
                Line(text, $"drop 0x{line:x}");
            }
        }

        foreach (Completion completion in done.Completions)
        {
            Line(text, $"completion {completion.Id} at {completion.AtPs}{Bytes(completion.Data)}");
        }
    }

    private static void State(StringBuilder text, in IssueStateView state)
    {
        Line(text, $"state {state.StallUnits} {state.NextEntry} {Bit(state.IsBlocked)} "
            + $"done {string.Join(' ', state.StoreDone.ToArray())}");
        if (state.RegisterDone.IsEmpty)
        {
            return;
        }

        Line(text, $"registers {state.NextRegister} done {string.Join(' ', state.RegisterDone.ToArray())}");
        for (int i = 0; i < state.LoadDone.Length; i++)
        {
            Line(text, $"load {state.LoadPosition[i]} {state.LoadProgram[i]} {state.LoadDone[i]}");
        }
    }

    private static string Bytes(ByteString data) =>
        string.Concat(data.Select(value => $" {value}"));

    public static int Bit(bool value) => value ? 1 : 0;

    public static void Line(StringBuilder text, FormattableString line) =>
        text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    public static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
