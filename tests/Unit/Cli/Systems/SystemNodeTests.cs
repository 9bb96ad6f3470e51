using Dilaton.Cli;
using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Guest;
using Dilaton.Machine;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>A system guest in the rounds of its network, with a machine whose clock the test moves.</summary>
public sealed class SystemNodeTests : IHeldMachine
{
    private const int Port = 3;

    private readonly SystemPort _port = new(Port, new TransmitLine(8_000_000_000, 2));
    private readonly List<(ulong Time, int Bytes)> _given = [];
    private readonly NodeReport _report = new(Port);
    private SystemNode _node;
    private bool _runs;
    private ulong _now;
    private ulong _overrun;
    private ulong _endsAt = ulong.MaxValue;

    public SystemNodeTests() => _node = Node(VirtualTime.MaxValue);

    private SystemNode Node(VirtualTime end) =>
        new(Port, this, _port, frame => _given.Add((_now, frame.Length)), end);

    VirtualTime IHeldMachine.Now => new(_now);

    public bool IsOver { get; private set; }

    void IHeldMachine.Resume()
    {
        _runs.ShouldBeFalse();
        _runs = true;
    }

    void IHeldMachine.Hold()
    {
        _runs.ShouldBeTrue();
        _runs = false;
        _now += IsOver ? 0 : _overrun;
    }

    void IHeldMachine.WaitUntil(VirtualTime time)
    {
        _runs.ShouldBeTrue();
        _now = Math.Max(_now, Math.Min(time.Picoseconds, _endsAt));
        IsOver |= _now == _endsAt;
    }

    void IHeldMachine.RequestStop() => IsOver = true;

    private NodeReport Run(ulong until, params (ulong Time, int Bytes)[] frames)
    {
        _node.Run(
            new VirtualTime(until),
            [.. frames.Select(frame => new FrameArrival(new VirtualTime(frame.Time), Port, new byte[frame.Bytes]))],
            _report);
        _runs.ShouldBeFalse();
        return _report;
    }

    [Fact]
    public void FramesAreGivenAtTheirTimes_AndTheNodeStandsAtItsGrant()
    {
        NodeReport report = Run(1_000, (300, 60), (300, 61), (999, 62));
        _given.ShouldBe([(300u, 60), (300u, 61), (999u, 62)]);
        (report.Now.Picoseconds, report.NextAct.Picoseconds, report.HasEnded).ShouldBe((999u, 1_000u, false));
    }

    /// <summary>It was past the frame's time when the frame came: it has it at once, late, and nothing runs for that.
    /// </summary>
    [Fact]
    public void WhatItWentPast_ItIsGivenLate_AndItsNextActIsWhereItStands()
    {
        _overrun = 50;
        Run(1_000).NextAct.ShouldBe(new VirtualTime(1_050));
        NodeReport report = Run(1_040, (1_020, 60));
        _given.ShouldBe([(1_050u, 60)]);
        (report.Now.Picoseconds, report.NextAct.Picoseconds).ShouldBe((1_039u, 1_050u));
        Statistic("latenessMax").ShouldBe(30u);
        Statistic("overrunMax").ShouldBe(50u);
        Statistic("frames").ShouldBe(1u);
        Statistic("holds").ShouldBe(1u);
    }

    [Fact]
    public void WhatItSends_LeavesAtTheLinesRate_FilledUp_AndIsToldOnce()
    {
        _port.Send(new VirtualTime(100), new byte[1_000]).ShouldBe(new VirtualTime(1_000_100));
        _port.Send(new VirtualTime(200), new byte[14]).ShouldBe(new VirtualTime(1_060_100));
        _port.Send(new VirtualTime(300), new byte[60]).ShouldBeNull("the queue has room for two");
        Run(1_000).Departures.Select(d => (d.Time.Picoseconds, d.Port, d.Frame.Length))
            .ShouldBe([(100u, Port, 1_000), (1_000_100u, Port, 60)]);
        Run(2_000).Departures.ShouldBeEmpty();
    }

    [Fact]
    public void AGuestThatSwitchesOff_HasEnded_AndIsGivenNothingMore()
    {
        _endsAt = 400;
        NodeReport report = Run(1_000, (300, 60), (500, 61));
        (report.HasEnded, report.Now.Picoseconds, report.NextAct).ShouldBe((true, 400u, VirtualTime.MaxValue));
        _given.ShouldBe([(300u, 60)]);
        _node.IsAtEnd.ShouldBeFalse();
    }

    [Fact]
    public void AtTheJobsEnd_ItEnds()
    {
        _node = Node(new VirtualTime(700));
        Run(600).HasEnded.ShouldBeFalse();
        NodeReport report = Run(1_000);
        (report.HasEnded, report.Now.Picoseconds, _node.IsAtEnd).ShouldBe((true, 700u, true));
    }

    private UInt128 Statistic(string name)
    {
        StatisticsList list = new();
        _node.Collect(list);
        return list.Items.Single(item => item.Name == name).Value;
    }
}
