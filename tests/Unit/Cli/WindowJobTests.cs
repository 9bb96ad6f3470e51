using System.Text.Json;
using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class WindowJobTests
{
    private const string Job = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
            memory:
              size: 1GiB
              windows:
                - {name: first, size: 4KiB, peer: dev}
                - {name: far, size: 2MiB, peer: dev, kind: memory, base: 0x80000000}
                - {name: last, size: 64KiB, peer: dev}
        events: {level: window}
        peers:
          - {name: dev, kind: command, program: dilaton-peer}
        """;

    [Fact]
    public void Windows_AreReadPlacedAndWrittenAsTheyAre()
    {
        Job job = CliFixture.Good(Job);
        job.Nodes[0].Memory.Windows.Select(w => (w.Name, w.Base!.Value.Value, w.Kind)).ShouldBe(
        [
            ("first", 0x4000_0000UL, WindowKind.Device),
            ("far", 0x8000_0000UL, WindowKind.Memory),
            ("last", 0x8020_0000UL, WindowKind.Device),
        ]);
        string written = System.Text.Encoding.UTF8.GetString(JobWriter.Write(job, indented: true));
        written.ShouldBe(JsonSerializer.Serialize(job, JobJsonContext.Readable.Job));
        CliFixture.Good(written).Nodes[0].Memory.Windows
            .ShouldBe(job.Nodes[0].Memory.Windows);
        job.Events.Level.OfEngine().ShouldBe(MemoryEventLevel.Off);
    }

    [Theory]
    [InlineData("peer: dev}", "peer: dve}", "windows[0].peer: there is no peer 'dve'")]
    [InlineData("peer: dev}", "peer: dve}", "did you mean 'dev'?")]
    [InlineData("name: first", "name: zero", "/dev/zero is another device already")]
    [InlineData("name: first", "name: far", "'far' is the name of another window already")]
    [InlineData("name: first, ", "", "windows[0].name")]
    [InlineData("name: first", "name: a/b", "'a/b' is not a name")]
    [InlineData("size: 4KiB", "size: 5000B", "5000B is out of range (4KiB to 1GiB")]
    [InlineData("size: 4KiB", "size: 2GiB", "2GiB is out of range (4KiB to 1GiB")]
    [InlineData("kind: memory", "kind: ram", "'ram' is not one of device, memory")]
    [InlineData("0x80000000", "0x3ffff000", "0x3ffff000 is out of range")]
    [InlineData("0x80000000", "0x80000010", "0x80000010 is out of range")]
    [InlineData("0x80000000", "2147483648", "'2147483648' is not an address such as 0x100000000")]
    [InlineData("0x80000000", "0x40000000", "overlaps window 'first'")]
    [InlineData("base: 0x", "bsae: 0x", "did you mean 'base'?")]
    [InlineData("level: window", "level: off", "nobody sees an access to a window")]
    [InlineData("size: 1GiB", "size: 1GiB\n      peer: dev", "nothing for a peer to time")]
    public void AMistake_IsNamed(string good, string bad, string message) =>
        CliFixture.Mistakes(ReplaceFirst(good, bad)).ShouldContain(message);

    [Fact]
    public void TheLevelWindow_NeedsAWindow()
    {
        int at = Job.IndexOf("              windows:", StringComparison.Ordinal);
        at = at < 0 ? Job.IndexOf("windows:", StringComparison.Ordinal) : at;
        string without = Job[..at] + "cut: hierarchy\n" + "events: {level: window}\n";
        CliFixture.Mistakes(without).ShouldContain("'window' sees windows only");
    }

    [Fact]
    public void WithIdentityAddressing_WindowsLieBehindAllAddresses() =>
        CliFixture.Good(ReplaceFirst("size: 1GiB", "addressing: identity").Replace(
                "0x80000000", "0x2000000000", StringComparison.Ordinal))
            .Nodes[0].Memory.Windows[0].Base!.Value.Value.ShouldBe(64UL << 30);

    private static string ReplaceFirst(string good, string bad)
    {
        int at = Job.IndexOf(good, StringComparison.Ordinal);
        at.ShouldBeGreaterThanOrEqualTo(0);
        return Job[..at] + bad + Job[(at + good.Length)..];
    }
}
