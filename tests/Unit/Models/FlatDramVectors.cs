using System.Globalization;
using System.Runtime.CompilerServices;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Models;

/// <summary>Runs tests/vectors/dram/flat.txt, which dilaton-peer's tests run too.</summary>
public sealed class FlatDramVectors
{
    [Fact]
    public void EveryVectorHolds()
    {
        FlatDram? dram = null;
        int checks = 0;
        foreach (string line in File.ReadLines(VectorFile()))
        {
            string[] words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                continue;
            }

            if (words[0] == "dram")
            {
                dram = Create(words);
                continue;
            }

            words[3].ShouldBe("->");
            var request = new MemoryRequest(
                new VirtualTime(Number(words[0])), new VcpuId(0), 0, Number(words[1]),
                (MemoryEventKind)Number(words[2]));
            var latency = new VirtualDuration[1];
            dram!.Weave([request], latency);
            latency[0].Picoseconds.ShouldBe(Number(words[4]), line);
            checks++;
        }

        checks.ShouldBeGreaterThan(100);
    }

    private static FlatDram Create(string[] words) => new("memory", new FlatDramOptions
    {
        Latency = VirtualDuration.FromPicoseconds(Number(words[1])),
        BandwidthBitsPerSecond = Number(words[2]),
        Channels = (int)Number(words[3]),
        LineSizeBytes = (int)Number(words[4]),
    });

    private static ulong Number(string word) => ulong.Parse(word, CultureInfo.InvariantCulture);

    private static string VectorFile([CallerFilePath] string file = "") => Path.Combine(
        Path.GetDirectoryName(file)!, "..", "..", "vectors", "dram", "flat.txt");
}
