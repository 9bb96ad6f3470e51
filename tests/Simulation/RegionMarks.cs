using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class RegionMarks
{
    [Fact]
    public void WorkMarksSwitchTheEventLevel()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Mark, 0x5a, 3),
            new(ScriptOp.Load, 0x2000),
            new(ScriptOp.Load, 0x3000),
            new(ScriptOp.Mark, 0x5b, 3),
            new(ScriptOp.Load, 0x4000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var observer = new Observer();
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            Events = MemoryEventLevel.Off,
            RegionEvents = MemoryEventLevel.Full,
            Observer = observer,
        };
        using var run = new ScriptedRun(program, [0], options);
        run.Run();
        run.Statistic("memory.records").ShouldBe((UInt128)2);
        observer.Marks.ShouldBe([(true, 3UL), (false, 3UL)]);
    }

    [Fact]
    public void DumpsCoverWhatHappenedSinceTheReset()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Compute),
            new(ScriptOp.Mark, 0x40),
            new(ScriptOp.Compute),
            new(ScriptOp.Compute),
            new(ScriptOp.Mark, 0x42),
            new(ScriptOp.Mark, 0x41),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var observer = new Observer();
        NodeSessionOptions options = ScriptedRun.Defaults() with { Observer = observer };
        using var run = new ScriptedRun(program, [0], options);
        run.Run();
        observer.Dumps.Select(d => d.Items.Single(s => s.Name == "vcpu0.instructions").Value)
            .ShouldBe([3, 1]);
    }

    [Fact]
    public void RegionStatisticsCoverTheOutermostRegion()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Compute),
            new(ScriptOp.Mark, 0x5a, 3),
            new(ScriptOp.Compute),
            new(ScriptOp.Mark, 0x5a, 4),
            new(ScriptOp.Compute),
            new(ScriptOp.Mark, 0x5b, 4),
            new(ScriptOp.Mark, 0x5b, 3),
            new(ScriptOp.Compute),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var observer = new Observer();
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            RegionStatistics = true,
            Observer = observer,
        };
        using var run = new ScriptedRun(program, [0], options);
        run.Run();
        observer.Dumps.Select(d => d.Items.Single(s => s.Name == "vcpu0.instructions").Value)
            .ShouldBe([5]);
    }

    [Fact]
    public void ExitMarkEndsTheRunAfterItsDelay()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Mark, 0x21, 1_000),
            new(ScriptOp.Modify, 0x40),
            new(ScriptOp.Jump, 1),
        ];
        using var run = new ScriptedRun(program, [0]);
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.ExitMark);
        result.Time.Picoseconds.ShouldBeInRange(1_000_000UL, 3_500_000UL);
    }

    [Fact]
    public void AnUnknownMarkStopsTheRunWithItsPlace()
    {
        ScriptInstruction[] program = [new(ScriptOp.Compute), new(ScriptOp.Mark, 0x43)];
        using var run = new ScriptedRun(program, [0]);
        UnsupportedGuestException thrown =
            Should.Throw<UnsupportedGuestException>(() => run.Run());
        thrown.Vcpu.ShouldBe(new VcpuId(0));
        thrown.Message.ShouldContain("m5op 0x43");
    }

    private sealed class Observer : INodeObserver
    {
        public List<(bool IsBegin, ulong WorkId)> Marks { get; } = [];

        public List<StatisticsList> Dumps { get; } = [];

        public void RegionMarked(
            VirtualTime now, VcpuId vcpu, bool isBegin, ulong workId, ulong threadId) =>
            Marks.Add((isBegin, workId));

        public void StatisticsDumped(VirtualTime now, StatisticsList statistics) =>
            Dumps.Add(statistics);

        public void StatisticsReset(VirtualTime now)
        {
        }
    }
}
