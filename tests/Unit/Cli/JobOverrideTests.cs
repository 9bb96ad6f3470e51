using Dilaton.Cli;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

public sealed class JobOverrideTests
{
    [Fact]
    public void Override_ChangesTheJobLikeAnEditOfTheFile()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal,
            "nodes[0].cores.count=8",
            "cores.frequency=2.5GHz",
            "memory.caches.l2={size: 1MiB, ways: 16, latency: 14cycles}",
            "memory.caches.l3=none",
            "memory.caches.coherence=30cycles",
            "events.level=full",
            "guest.program.args=[a, 'b c']",
            "guest.program.env.FOO=bar=baz",
            "kernel=ideal");

        NodeJob node = job.Nodes[0];
        node.Cores.Count.ShouldBe(8);
        node.Cores.Frequency.ShouldBe(new Frequency(2_500_000_000));
        node.Memory.Caches.L2!.Size.ShouldBe(new ByteSize(1 << 20));
        node.Memory.Caches.L3.ShouldBeNull();
        job.Events.Level.ShouldBe(MemoryEventLevel.Full);
        node.Guest.Program.Args.ShouldBe(["a", "b c"]);
        node.Guest.Program.Env.ShouldBe(new Dictionary<string, string> { ["FOO"] = "bar=baz" });
        job.Kernel.Mode.ShouldBe(KernelMode.Ideal);
    }

    [Fact]
    public void KeyBelowAWord_TurnsTheWordIntoItsSection()
    {
        Job job = CliFixture.Good(
            CliFixture.Minimal + "\nkernel: costs\n", "kernel.base.trivial=1us");

        job.Kernel.Base.Trivial.ShouldBe(VirtualDuration.FromMicroseconds(1));
    }

    [Fact]
    public void Mistake_PointsIntoTheArgument() =>
        CliFixture.Mistakes(CliFixture.Minimal, "cores.cuont=4", "time.until=5").ShouldBe("""
            command line:1:7: error: nodes[0].cores.cuont: no such key [DL0101]
            cores.cuont=4
                  ^~~~~
            help: did you mean 'count'?
            command line:2:12: error: time.until: '5' has no unit (expected a time such as 10us) [DL0104]
            time.until=5
                       ^

            """);

    [Theory]
    [InlineData("nodes[1].cores.count=2x", "nodes[1].cores.count")]
    [InlineData("nodes[7].name=a", "there is no item [7]: the list has 1")]
    [InlineData("nodes.cores=1", "can't be set: there is a list above it")]
    [InlineData("a..b=1", "is not a path of the job")]
    [InlineData("nodes[x].name=1", "is not a path of the job")]
    [InlineData("name.x=1", "[DL0")]
    [InlineData("guest.program.args=[a", "[DL0002]")]
    [InlineData("cores.count=", "has no value")]
    public void ImpossibleOverride_IsRefused(string argument, string message) =>
        CliFixture.Mistakes(CliFixture.Minimal + "\nname: x\n", argument).ShouldContain(message);
}
