using System.Diagnostics;
using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Tests.Bench;

/// <summary>`./test bench --wire`: user CPU time of a record in the wire's codec, on one core; the
/// best of five rounds.</summary>
internal static class WireSpeed
{
    private const int Vcpus = 4;
    private const int Rounds = 5;
    private const int PassesPerLook = 64;
    private const double RoundSeconds = 0.3;
    private const uint LineSizeBytes = 64;

    private static readonly int[] s_recordsPerVcpu = [64, 1024, 16384];

    public static void Run(TextWriter output)
    {
        output.WriteLine("records/vCPU  encode ns  decode ns  both M records/s");
        foreach (int records in s_recordsPerVcpu)
        {
            (double encode, double decode) = Measure(records);
            output.WriteLine($"{records,12} {encode * 1e9,10:F2} {decode * 1e9,10:F2} "
                + $"{1e-6 / (encode + decode),17:F0}");
        }
    }

    private static (double Encode, double Decode) Measure(int records)
    {
        Random random = new(1);
        WireRecord[][] rows = [.. Enumerable.Range(0, Vcpus).Select(_ => Rows(random, records))];
        IntervalWriter writer = new(Vcpus);
        MessageWriter messages = new();
        SessionShape shape = SessionShape.Uniform(Vcpus, LineSizeBytes, 16);
        Encode(writer, messages, rows);
        byte[] header = new MessageWriter().Write(writer.Envelope).ToArray();
        byte[] payload = writer.Payload.ToArray();
        double count = (double)records * Vcpus;
        return (
            Best(() => Encode(writer, messages, rows)) / count,
            Best(() => Decode(header, payload, shape)) / count);
    }

    private static WireRecord[] Rows(Random random, int count)
    {
        WireRecord[] rows = new WireRecord[count];
        ulong position = 1UL << 33;
        for (int i = 0; i < count; i++)
        {
            position += (ulong)random.Next(400);
            rows[i] = new WireRecord(
                position, (ulong)random.Next() * LineSizeBytes, (uint)random.Next(60),
                (MemoryEventKind)random.Next(3), random.Next(4) != 0);
        }

        return rows;
    }

    private static void Encode(IntervalWriter writer, MessageWriter messages, WireRecord[][] rows)
    {
        writer.Begin(1, default, default);
        foreach (WireRecord[] records in rows)
        {
            writer.AddVcpu(0, isIdle: false);
            writer.AddRecords(records);
        }

        messages.Write(writer.Envelope);
    }

    // As far as a peer gets before it looks at a record.
    private static void Decode(byte[] header, byte[] payload, SessionShape shape)
    {
        Envelope envelope = new MessageReader().Read(header, payload.Length);
        IntervalReader reader = IntervalReader.Open(envelope.Interval, 1, shape, payload);
        for (int i = 0; i < reader.BlockCount; i++)
        {
            reader.ReadBlock(i);
        }
    }

    private static double Best(Action pass)
    {
        double best = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            double begin = UserSeconds();
            int passes = 0;
            do
            {
                for (int i = 0; i < PassesPerLook; i++)
                {
                    pass();
                }

                passes += PassesPerLook;
            }
            while (UserSeconds() - begin < RoundSeconds);
            best = Math.Min(best, (UserSeconds() - begin) / passes);
        }

        return best;
    }

    private static double UserSeconds()
    {
        using var self = Process.GetCurrentProcess();
        return self.UserProcessorTime.TotalSeconds;
    }
}
