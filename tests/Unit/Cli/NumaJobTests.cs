using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Models.Memory;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class NumaJobTests
{
    private const string Text = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
            cores: {count: 3}
            memory:
              size: 1GiB
              dram: {kind: ddr4-3200, channels: 2}
              numa:
                nodes:
                  - {name: a, cores: [0, 1], size: 256MiB, link: {latency: 60ns, bandwidth: 32GB/s}}
                  - {name: b, cores: [2], size: 256MiB, dram: {kind: hbm2}, link: {latency: 70ns}}
                  - {name: cxl, dram: {latency: 100ns, kind: flat}, link: {latency: 150ns, bandwidth: 28GB/s}}
                distances:
                  - {from: b, to: cxl, latency: 300ns}
              windows:
                - {name: pool, size: 2MiB, dram: {kind: ddr5-4800}, link: {latency: 200ns}}
        """;

    [Fact]
    public void Nodes_AreReadAndWrittenAsTheyAre_AndStartFromTheNodesDram()
    {
        Job job = CliFixture.Good(Text);
        MemoryJob memory = job.Nodes[0].Memory;
        memory.Numa!.Nodes.Select(n => (n.Name, n.Dram.Kind, n.Dram.Channels)).ShouldBe(
        [
            ("a", DramKind.Ddr4Of3200, 2), ("b", DramKind.Hbm2, 8), ("cxl", DramKind.Flat, 1),
        ]);
        string written = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));
        written.ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        System.Text.Encoding.UTF8.GetString(JobWriter.Write(CliFixture.Good(written), indented: true))
            .ShouldBe(written);
    }

    [Fact]
    public void TheModel_HasTheFiguresOfTheJob()
    {
        MemoryJob memory = CliFixture.Good(Text).Nodes[0].Memory;
        ITimingModel model = DramMapping.Create("memory", memory, 3);
        VirtualDuration ddr4 = BankedDram.MinLatencyOf(DramPresets.Ddr4Of3200.Options);
        VirtualDuration hbm = BankedDram.MinLatencyOf(DramPresets.Hbm2.Options);
        model.MinLatency.ShouldBe(ddr4 < hbm ? ddr4 : hbm);

        // 64 B at nothing's limit: 300 ns beside the latency of DDR5.
        FarMemory far = DramMapping.Far("w", memory.Windows[0], memory.Caches.LineSize);
        far.MinLatency.ShouldBe(BankedDram.MinLatencyOf(DramPresets.Ddr5Of4800.Options)
            + VirtualDuration.FromNanoseconds(200));
        memory.Windows[0].Kind.ShouldBe(WindowKind.Memory);
    }

    [Theory]
    [InlineData("cores: [2]", "cores: [1]", "core 1 is near to 2 memory nodes")]
    [InlineData("cores: [2]", "cores: []", "core 2 is near to 0 memory nodes")]
    [InlineData("cores: [2]", "cores: [3]", "no whole number of 0 to 2")]
    [InlineData("name: b", "name: a", "two memory nodes have one name")]
    [InlineData(", link: {latency: 70ns}}", "}", "there is no way from the cores of 'a' to 'b'")]
    [InlineData("from: b", "from: bb", "'bb' is no memory node")]
    [InlineData("to: cxl", "to: b", "'b' is near to its own cores")]
    [InlineData("latency: 300ns", "latency: 3s", "out of range (0ps to 1ms)")]
    [InlineData("28GB/s", "28kB/s", "out of range (1MB/s")]
    [InlineData("numa:", "peer: p\n      numa:", "the memory is that of the peer 'p'")]
    [InlineData("numa:", "numa:\n        placement: interleaved", "sizes are for placement first-touch")]
    [InlineData("size: 256MiB, link", "size: 100B, link", "no whole number of pages")]
    [InlineData("name: cxl", "name: cxl, size: 4MiB", "have room for 516MiB, and the memory has 1GiB")]
    [InlineData("kind: hbm2", "rates: physical", "rates: 'physical' is for")]
    [InlineData("size: 2MiB", "size: 2MiB, kind: device", "a device needs a peer")]
    [InlineData("size: 2MiB", "size: 2MiB, peer: p", "the peer 'p' times the accesses")]
    public void AMistake_IsNamed(string good, string bad, string message)
    {
        int at = Text.IndexOf(good, StringComparison.Ordinal);
        at.ShouldBeGreaterThan(0);
        CliFixture.Mistakes(Text[..at] + bad + Text[(at + good.Length)..]).ShouldContain(message);
    }
}
