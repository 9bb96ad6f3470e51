using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a running job can be told, and the log of it.</summary>
public sealed class ControlTests
{
    private const string Two = """
        apiVersion: dilaton/v1
        nodes:
          - {name: a, cores: {rates: physical}, guest: {program: {path: /bin/true}}}
          - {name: b, cores: {rates: physical}, guest: {program: {path: /bin/true}}}
        """;

    [Theory]
    [InlineData("status")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("stop")]
    [InlineData("set-tdf 2.5")]
    [InlineData("set-tdf 5/3 client")]
    public void ARequest_ReadsBackAsTheSame(string line)
    {
        DiagnosticBag bag = new();
        ControlRequest.Read(line, bag)!.ToString().ShouldBe(line);
        bag.Items.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "no command [DL0302]\nhelp: valid here: status, pause, resume, set-tdf, stop")]
    [InlineData("paus", "'paus' is no command [DL0302]\nhelp: did you mean 'pause'?")]
    [InlineData("stop now", "stop takes nothing more, not 'now'")]
    [InlineData("set-tdf", "set-tdf needs a factor")]
    [InlineData("set-tdf 2 a b", "'b' is too much")]
    [InlineData("set-tdf two", "'two' is not a plain number or quotient (expected one such as 1, 0.25 or 3/2) [DL0110]")]
    [InlineData("set-tdf 0", "0 is out of range (1/1000 to 1000")]
    [InlineData("set-tdf 1001", "1001 is out of range (1/1000 to 1000")]
    [InlineData("set-tdf 1/0", "divides by zero")]
    public void WhatIsNoRequest_IsNamed(string line, string message)
    {
        DiagnosticBag bag = new();
        ControlRequest.Read(line, bag).ShouldBeNull();
        bag.Print().ShouldContain(message);
    }

    [Fact]
    public void ALog_ReadsBackAsTheSame()
    {
        ControlChange change = new(
            new Ratio(5, 3), new VirtualTime(20_000_000),
            [("a", new VirtualTime(15_000_000)), ("b", new VirtualTime(17))]);
        string text = ControlLog.Head("job") + ControlLog.LineOf(change);
        text.ShouldBe(
            """
            {"control":"dilaton-control/v1","job":"job"}
            {"setTdf":"5/3","atPs":20000000,"nodes":[{"node":"a","knownPs":15000000},{"node":"b","knownPs":17}]}

            """);
        ControlChange again = Read(text, out DiagnosticBag bag).ShouldHaveSingleItem();
        bag.Items.ShouldBeEmpty();
        again.Nodes.ShouldBe(change.Nodes);
        (again with { Nodes = change.Nodes }).ShouldBe(change);
        ControlChange.Of("b", [again]).ShouldBe(
            [new ForetoldTdf(new VirtualTime(17), change.At, change.Factor)]);
        ControlChange.Of("c", [again]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "this is no control log")]
    [InlineData("nonsense", "control.log:1:1: error: this is no line of a control log (dilaton-control/v1) [DL0523]")]
    [InlineData("{\"control\":\"dilaton-control/v2\"}", "control.log:1:1: error: this is no line")]
    [InlineData("HEAD{\"setTdf\":\"2\"}", "control.log:2:1: error: this is no line")]
    [InlineData("HEAD{\"setTdf\":\"0\",\"atPs\":10000000,\"nodes\":[]}", "control.log:2:1: error: this is no line")]
    [InlineData(
        "HEAD{\"setTdf\":\"2\",\"atPs\":10000000,\"nodes\":[{\"node\":\"aa\",\"knownPs\":0}]}",
        "the job has no node 'aa'")]
    [InlineData(
        "HEAD{\"setTdf\":\"2\",\"atPs\":-1,\"nodes\":[]}", "control.log:2:1: error: this is no line")]
    public void WhatIsNoLogOfTheJob_IsNamed(string text, string message)
    {
        Read(text.Replace("HEAD", ControlLog.Head("job"), StringComparison.Ordinal), out DiagnosticBag bag)
            .ShouldBeEmpty();
        bag.Print().ShouldContain(message);
    }

    [Fact]
    public void AChangeIsAStepOfTheSchedule_UntilTheNextOne()
    {
        Job job = CliFixture.Good(Two, "time.tdf=[{from: 0s, factor: 1}, {from: 1ms, factor: 4}]");
        DiagnosticBag bag = new();
        Job changed = ControlledTdf.Apply(job, new Ratio(5, 2), new VirtualTime(20_000_000), ["b"], bag)!;
        bag.Items.ShouldBeEmpty();
        Dilation.TdfOf(changed, changed.Nodes[0]).ToString().ShouldBe("1, then 4 from 1ms");
        Dilation.TdfOf(changed, changed.Nodes[1]).ToString()
            .ShouldBe("1, then 2.5 from 20us, then 4 from 1ms");
        ControlledTdf.InForce(changed, changed.Nodes[1], new VirtualTime(20_000_000 - 1)).ShouldBe(Ratio.One);
        ControlledTdf.InForce(changed, changed.Nodes[1], new VirtualTime(20_000_000)).ShouldBe(new Ratio(5, 2));
        ControlledTdf.HasStepAt(changed, changed.Nodes[1], new VirtualTime(20_000_000)).ShouldBeTrue();
        ControlledTdf.HasStepAt(changed, changed.Nodes[0], new VirtualTime(20_000_000)).ShouldBeFalse();
    }

    /// <summary>In the words of a schedule.</summary>
    [Theory]
    [InlineData("cores.rates=virtual", 2, "with a TDF of 1, then 2 from 20us nothing changes, for no resource is physical")]
    [InlineData("cores.frequency=100GHz", 16, "the guest would meet a clock of 1600GHz, which is out of range")]
    [InlineData("network={rates: physical}", 2, "nodes[0].tdf: 1, then 2 from 20us is not the job's 1")]
    public void WhatAScheduleIsRefused_AChangeIsRefusedToo(string setting, ulong factor, string message)
    {
        Job job = CliFixture.Good(Two, setting);
        DiagnosticBag bag = new();
        ControlledTdf.Apply(job, new Ratio(factor, 1), new VirtualTime(20_000_000), ["a"], bag).ShouldBeNull();
        bag.Print().ShouldContain(message);
    }

    [Fact]
    public void WhereANodeStands_AndWhatIsForetold_CrossThePipe()
    {
        NodeStand stand = new(new VirtualTime(7), new VirtualTime(10_000_000), true);
        byte[] line = WorkerMessageJson.Write(
            new WorkerMessage { Kind = WorkerMessageKind.Stands, Stand = stand });
        WorkerMessageJson.Read(System.Text.Encoding.UTF8.GetString(line)).Stand.ShouldBe(stand);

        ForetoldTdf foretold = new(new VirtualTime(7), new VirtualTime(10_000_000), new Ratio(5, 3));
        WorkerPlace place = new([new NodePlace(0, 1, "nodes[0]", "/tmp") { Foretold = [foretold] }]);
        WorkerPlaceJson.Read(System.Text.Encoding.UTF8.GetString(WorkerPlaceJson.Write(place)))
            .Nodes[0].Foretold.ShouldBe([foretold]);
    }

    [Fact]
    public void AFolderWithALongPath_HasASocketForItsOwnerAlone()
    {
        string top = Directory.CreateTempSubdirectory("dilaton-test-").FullName;
        try
        {
            string folder = Directory.CreateDirectory(Path.Combine(top, new string('d', 120))).FullName;
            using (ControlServer.TryOpen(folder, out int errno).ShouldNotBeNull($"errno {errno}"))
            {
                string path = Path.Combine(folder, ControlServer.SocketName);
                File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
                ControlClient.IsAlive(folder).ShouldBeTrue();
            }

            Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
            ControlClient.IsAlive(folder).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(top, recursive: true);
        }
    }

    private static IReadOnlyList<ControlChange> Read(string text, out DiagnosticBag bag)
    {
        bag = new();
        return ControlLog.Read(new SourceText("control.log", text), CliFixture.Good(Two), bag) ?? [];
    }
}
