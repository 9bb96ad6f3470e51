using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>tests/vectors/ring, which C++ reads and writes too: a ring of 4 KiB a lane, empty, and
/// with a message of 5 and 1000 bytes, a mark and a message of 16 bytes in either lane.</summary>
public sealed class RingVectorTests
{
    private const int Capacity = 4096;

    [Theory]
    [InlineData("empty", false)]
    [InlineData("full", true)]
    public void EveryVector_IsWrittenToItsBytes(string name, bool isFull)
    {
        string path = Path.Combine(WireVectorFile.Folder, "..", "ring", name + ".bin");
        using SharedRing ring = SharedRing.Create(Capacity);
        foreach (RingLane lane in new[] { ring.ToPeer, ring.ToWorker }.Where(_ => isFull))
        {
            lane.TryWrite(RingEntry.Message, Bytes(5, 1), Bytes(1000, 2)).ShouldBeTrue();
            lane.TryWrite(RingEntry.Elsewhere, [], []).ShouldBeTrue();
            lane.TryWrite(RingEntry.Message, Bytes(16, 3), []).ShouldBeTrue();
        }

        using FileStream file = new(
            ring.Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        if (Environment.GetEnvironmentVariable("DILATON_TEST_GENERATE") == "1")
        {
            File.WriteAllBytes(path, bytes);
        }

        bytes.ShouldBe(File.ReadAllBytes(path));
    }

    private static byte[] Bytes(int count, byte salt) =>
        [.. Enumerable.Range(0, count).Select(i => (byte)((i * 31) + salt))];
}
