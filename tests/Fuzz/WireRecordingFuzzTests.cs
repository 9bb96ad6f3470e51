using Dilaton.Protocol;
using Dilaton.Tests.Differential;
using SeededRandom = Dilaton.Tests.Differential.SeededRandom;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Fuzz;

/// <summary>Damaged recordings of the wire are refused with
/// <see cref="WireRecordingException"/>, or read as far as they go.</summary>
public sealed class WireRecordingFuzzTests
{
    private const int CasesQuick = 20_000;
    private const int CasesSoak = 1_000_000;

    [Fact]
    public void DamagedRecordings_AreRefusedOrReadAsFarAsTheyGo()
    {
        byte[] good = Recording();
        SeededRandom random = new(TestSettings.Seed);
        int cases = TestSettings.IsSoak ? CasesSoak : CasesQuick;
        int refused = 0;
        for (int i = 0; i < cases; i++)
        {
            byte[] bytes = random.OneIn(4) ? good[..random.Below(good.Length)] : [.. good];
            for (int n = random.Below(4); n >= 0 && bytes.Length > 0; n--)
            {
                // Half of them where lengths are.
                int at = random.OneIn(2) ? random.Below(Math.Min(64, bytes.Length))
                    : random.Below(bytes.Length);
                bytes[at] = random.OneIn(2) ? (byte)random.Next() : (byte)0xFF;
            }

            refused += Reads(bytes) ? 0 : 1;
        }

        refused.ShouldBeInRange(1, cases - 1);
    }

    private static bool Reads(byte[] bytes)
    {
        try
        {
            using WireRecordingReader reader = new(new MemoryStream(bytes));
            int length = reader.Session.Length;
            while (reader.TryRead())
            {
                length += reader.Header.Length + reader.Payload.Length + reader.Partner.Length;
            }

            length.ShouldBeLessThanOrEqualTo(bytes.Length);
            return true;
        }
        catch (WireRecordingException e)
        {
            e.Message.ShouldNotBeNullOrEmpty();
            return false;
        }
    }

    private static byte[] Recording()
    {
        MemoryStream file = new();
        using (WireRecordingWriter writer = new(file, "fuzz"))
        {
            foreach (string name in new[] { "hello", "interval", "interval-done", "bye" })
            {
                WireVectorFile message = WireVectorFile.Read(name);
                writer.Write(WireDirection.ToPeer, "memory", message.Header, message.Payload);
            }
        }

        return file.ToArray();
    }
}
