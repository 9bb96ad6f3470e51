using System.Text;
using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest;

[Collection(GuestWindow.Name)]
public sealed class GuestDebuggerTests : IDisposable, IWatchClock
{
    private const ulong Place = 0x40_0180;

    private readonly FakeNode _node = new(vcpuCount: 2);
    private readonly ScriptedDebugger _line = new();
    private readonly GuestDebugger _debugger;
    private ulong _retired;
    private int _edits;
    private bool _isKilled;

    public GuestDebuggerTests()
    {
        _debugger = new GuestDebugger(_line, () => _isKilled = true);
        _debugger.Attach(_node.Kernel, [_node[0], _node[1]], this);
        _node.DispatchAll();
    }

    bool IWatchClock.LacksStall => false;

    VirtualTime IWatchClock.TimeOf(VcpuId vcpu, ulong units) => new(1000 + units);

    ulong IWatchClock.InstructionsOf(VcpuId vcpu) => vcpu.Index == 0 ? _retired : 0;

    void IWatchClock.Edited() => _edits++;

    public void Dispose() => _node.Dispose();

    [Fact]
    public void TheGuestWaitsAtItsFirstInstruction_AndItsStateIsShown()
    {
        _node[0].Registers.Rax = 0x1122334455667788;
        Stop(
            "qSupported:swbreak+;exec-events+", "QStartNoAckMode", "?", "p0", "pff", "m402000,4",
            "m0,4", "X402000,3:a\0b", "m402000,3", "M400000,1:90", "P1=0100000000000000", "qC",
            "qfThreadInfo", "T3e8", "T9", "vMustReplyEmpty", "Z2,400100,1", "qRcmd,74696d65",
            "vCont;c");
        _line.Heard[0].ShouldContain("vContSupported+");
        _line.Heard[1..3].ShouldBe(["OK", "(no acknowledgements)"]);
        _line.Heard[3].ShouldStartWith("T05");
        _line.Heard[3].ShouldContain("10:0001400000000000;thread:3e8;core:0;");
        _line.Heard[4..].ShouldBe(
        [
            "8877665544332211", "E22", "00000000", "E14", "OK", "610062", "E14", "OK", "QC3e8",
            "m3e8", "OK", "E03", "", "", Hex("1007 ps (1.007ns) by the clock of vcpu0\n"),
        ]);
        _node[0].Registers.Rbx.ShouldBe(1UL);
        _edits.ShouldBe(2);
    }

    [Fact]
    public void ABreakpointStopsEachTimeItsInstructionIsNext_AndNotTwice()
    {
        Stop($"Z0,{Place:x},1", "vCont;c");
        _debugger.IsStop(Place).ShouldBeTrue();
        _debugger.WatchesAll(new VcpuId(0)).ShouldBeFalse();
        _retired = 5;
        _node[0].Registers.Rip = Place;
        Stop("vCont;c");
        _line.Last.ShouldContain("swbreak:;");
        int heard = _line.Heard.Count;
        Stop();
        _line.Heard.Count.ShouldBe(heard, "it has not run since");
        _retired = 6;
        Stop($"z0,{Place:x},1", "vCont;c");
        _line.Heard[heard].ShouldContain("swbreak:;");
        _debugger.HasStops.ShouldBeFalse();
    }

    [Fact]
    public void AStepIsOneInstruction_AndKeepsOthersBreakpointsIfItIsAlone()
    {
        Stop($"Z0,{Place:x},1", "vCont;s:3e8;c");
        _debugger.WatchesAll(new VcpuId(0)).ShouldBeTrue();
        Stop();
        _retired = 1;
        Stop($"z0,{Place:x},1", "vCont;s:3e8");
        _debugger.IsStop(Place).ShouldBeTrue("the thread that steps over it is the only one told");
        _retired = 2;
        Stop("vCont;c");
        _debugger.IsStop(Place).ShouldBeFalse();
    }

    [Fact]
    public void ASignalIsTold_AndPassedOnOrKeptBack()
    {
        Stop("QPassSignals:e;", "vCont;c");
        _line.Says("vCont;c");
        _debugger.Passes(_node.Kernel.Process.Threads[0], Signal.SIGSEGV).ShouldBeFalse();
        _line.Last.ShouldStartWith("T0b");
        _line.Says("vCont;C0b:3e8;c");
        _debugger.Passes(_node.Kernel.Process.Threads[0], Signal.SIGSEGV).ShouldBeTrue();
        _debugger.Passes(_node.Kernel.Process.Threads[0], Signal.SIGALRM).ShouldBeTrue();
        _debugger.TellEnd(new GuestExit(0, Signal.SIGBUS, ""), "");
        _line.Last.ShouldBe("X0a");
        _line.IsClosed.ShouldBeTrue();
    }

    [Theory]
    [InlineData("k", true)]
    [InlineData("vKill;1", true)]
    [InlineData("D", false)]
    public void WhoGoes_LetsTheGuestBe(string packet, bool isKilled)
    {
        Stop($"Z0,{Place:x},1", packet);
        _isKilled.ShouldBe(isKilled);
        _line.IsClosed.ShouldBeTrue();
        _debugger.HasStops.ShouldBeFalse();
        _debugger.WatchesAll(new VcpuId(0)).ShouldBeFalse();
    }

    [Fact]
    public void AnInterruptStopsTheGuest()
    {
        Stop("vCont;c");
        _retired = 7;
        _line.HasInterrupt = true;
        _debugger.WatchesAll(new VcpuId(1)).ShouldBeTrue();
        Stop("vCont;c");
        _line.Last.ShouldStartWith("T02");
        _line.HasInterrupt.ShouldBeFalse();
    }

    [Fact]
    public void FilesAreRead_AndNoneIsWritten()
    {
        string path = Hex("/bin/test");
        Stop(
            $"vFile:open:{path},0,0", $"vFile:open:{path},1,0", $"vFile:open:{Hex("/no")},0,0",
            "vFile:pread:3,4,0", "vFile:pread:3,4,ffffffff", "vFile:pread:9,4,0", "vFile:close:3",
            "vFile:close:3", "vFile:unlink:41");
        _line.Heard.ShouldBe(
        [
            "F3", "F-1,1e", "F-1,2", "F4;\u007fELF", "F0;", "F-1,9", "F0", "F-1,9", "",
        ]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void HostilePackets_AreAnsweredAndHarmless(int seed)
    {
        Random random = new(seed);
        string[] beginnings =
        [
            "p", "P", "m", "M402000,", "X", "Z0,", "z0,", "H", "T", "vCont;s:", "vFile:open:", "G",
            "vFile:pread:", "vFile:fstat:", "qXfer:auxv:read:", "qXfer:features:read:target.xml:",
            "qThreadExtraInfo,", "qRcmd,", "QPassSignals:", "v", "q", "",
        ];
        List<string> packets = [];
        for (int i = 0; i < 4000; i++)
        {
            string tail = string.Concat(Enumerable.Range(0, random.Next(24))
                .Select(_ => "0123456789abcdef,:;=-.\0\u00ff"[random.Next(24)]));
            packets.Add(beginnings[random.Next(beginnings.Length)] + tail);
        }

        packets.RemoveAll(p => DebugResume.Parse(p.Replace("vCont", "", StringComparison.Ordinal), 1)
            is not null || p.StartsWith('D') || p.StartsWith('k'));
        Stop([.. packets, "vCont;c"]);
        _line.Heard.Count.ShouldBeInRange(packets.Count, 2 * packets.Count);
        _node.Kernel.Exit.ShouldBeNull();
    }

    /// <summary>The instruction at vCPU 0's rip is next.</summary>
    private void Stop(params string[] packets)
    {
        _line.Says(packets);
        _debugger.Before(new VcpuId(0), 0, 7);
    }

    private static string Hex(string text) =>
        Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
