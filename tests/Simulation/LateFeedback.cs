using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>`pipelined k`: the peer works while the vCPUs run on (docs/time.md, 4.12).</summary>
public sealed class LateFeedback
{
    /// <summary>A core that waits for nothing but memory, on lines that share a set.</summary>
    private static readonly ScriptInstruction[] s_noWaiting =
    [
        new(ScriptOp.SetCounter, 3000),
        new(ScriptOp.Load, 0x1000),
        new(ScriptOp.Store, 0x3000),
        new(ScriptOp.Store, 0x5000),
        new(ScriptOp.Compute),
        new(ScriptOp.Store, 0x7000),
        new(ScriptOp.Modify, 0x9000),
        new(ScriptOp.Loop, 1),
        new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
        new(ScriptOp.SetCounter, 2000),
        new(ScriptOp.LoadAcross, 0x1000),
        new(ScriptOp.LoadAcross, 0x3000),
        new(ScriptOp.LoadAcross, 0x5000),
        new(ScriptOp.Loop, 10),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    private static readonly OutOfOrderOptions s_core = new()
    {
        WindowInstructions = 60,
        LoadQueueEntries = 12,
        MissRegisters = 3,
    };

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(1, 3, true)]
    [InlineData(2, 1, true)]
    [InlineData(2, 3, false)]
    [InlineData(5, 4, true)]
    public void HostSpeedChangesNothing(int intervals, int vcpus, bool isEventDriven)
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            Random(seed, intervals, vcpus, isEventDriven, isEager: true).ShouldBe(
                Random(seed, intervals, vcpus, isEventDriven, isEager: false), $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(2, 3, true)]
    [InlineData(5, 4, true)]
    public void HostSpeedChangesNothing_OfOutOfOrderCores(int intervals, int vcpus, bool isEventDriven)
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            Random(seed, intervals, vcpus, isEventDriven, isEager: true, core: s_core).ShouldBe(
                Random(seed, intervals, vcpus, isEventDriven, isEager: false, core: s_core),
                $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public void WhereNoAnswerIsLaterThanPromised_ItIsLockstep(bool isEventDriven, bool isOutOfOrder)
    {
        OutOfOrderOptions? core = isOutOfOrder ? s_core : null;
        for (int seed = 1; seed <= 30; seed++)
        {
            FakeMemory Flat() => new() { BusyPicoseconds = 0, IsFlat = true };
            string lockstep = Random(seed, 0, 3, false, true, Flat(), core);
            Random(seed, 2, 3, isEventDriven, true, Flat(), core).ShouldBe(lockstep, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WithoutWaiting_OneVcpuEndsAsInLockstep(bool isEventDriven)
    {
        VirtualTime End(int intervals)
        {
            NodeSessionOptions options = Options(intervals, 1);
            using var run = Make(s_noWaiting, options, isEventDriven, out _);
            VirtualTime end = run.Run().Time;
            (run.Session.Times(new VcpuId(0)).Now == end).ShouldBeTrue();
            return end;
        }

        VirtualTime lockstep = End(0);
        foreach (int intervals in new[] { 1, 2, 8 })
        {
            End(intervals).ShouldBe(lockstep);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TheNextIntervalsAreSentBeforeTheAnswer(int intervals)
    {
        NodeSessionOptions options = Options(intervals, 1);
        using var run = Make(s_noWaiting, options, true, out ScriptedPeer peer);
        run.Run();
        peer.UnderWayMax.ShouldBe(intervals + 1);
    }

    [Fact]
    public void SlicesSpinsAndBlocksOfOneVcpuChangeNothing()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 3);
            string Print(ulong slice, bool skips, int block)
            {
                NodeSessionOptions options = Options(2, 1) with
                {
                    SliceCycles = slice,
                    FastForwardSpins = skips,
                };
                var peer = new ScriptedPeer(options, new FakeMemory(), true);
                using var run = new ScriptedRun(
                    program, entries, options, recordsPerBlock: block, peer: peer);
                return run.Fingerprint(run.Run());
            }

            string first = Print(1000, true, 64);
            Print(7000, true, 64).ShouldBe(first, $"seed {seed}");
            Print(1000, false, 64).ShouldBe(first, $"seed {seed}");
            Print(1000, true, 3).ShouldBe(first, $"seed {seed}");
        }
    }

    [Fact]
    public void WhatActsLackedIsSaid()
    {
        NodeSessionOptions options = Options(2, 1);
        using var slow = Make(s_noWaiting, options, true, out _);
        slow.Run();
        slow.Statistic("feedback.earlyActs").ShouldBeGreaterThan((UInt128)0);
        slow.Statistic("feedback.unappliedStall").ShouldBeGreaterThan((UInt128)0);

        using var lockstep = Make(s_noWaiting, Options(0, 1), true, out _);
        lockstep.Run();
        var list = new StatisticsList();
        lockstep.Session.Collect(list);
        list.Items.ShouldNotContain(s => s.Name.StartsWith("feedback", StringComparison.Ordinal));
    }

    [Fact]
    public void ARegionMarkSeesAllStallBeforeIt()
    {
        ScriptInstruction[] program = [.. s_noWaiting];
        program[8] = new ScriptInstruction(ScriptOp.Mark, 0x42);
        UInt128[] cycles = [.. new[] { 0, 2 }.Select(intervals =>
        {
            var dumps = new Dumps();
            NodeSessionOptions options = Options(intervals, 1) with { Observer = dumps };
            using var run = Make(program, options, true, out _);
            run.Run();
            return dumps.Cycles.ShouldHaveSingleItem();
        })];
        cycles[1].ShouldBe(cycles[0]);
    }

    [Fact]
    public void WithoutAPeer_ItIsRefused()
    {
        NodeSessionOptions options = Options(2, 1);
        Should.Throw<ConfigException>(() => new ScriptedRun(s_noWaiting, [0], options))
            .Key.ShouldBe("time.feedback");
    }

    [Fact]
    public void WithWindows_ItIsRefused()
    {
        NodeSessionOptions options = Options(2, 1);
        var peer = new ScriptedPeer(options, new FakeMemory(), isEventDriven: true);
        var window = new NodeWindow("dev", new GuestPhysicalAddress(1UL << 40), 4096, true, peer);
        Should.Throw<ConfigException>(() => new ScriptedRun(
                s_noWaiting, [0], options, memory: new FakeMemory(), peer: peer, windows: [window]))
            .Key.ShouldBe("time.feedback");
    }

    [Fact]
    public void BetweenNodes_ItIsRefused()
    {
        using var run = Make(s_noWaiting, Options(2, 1), true, out _);
        Should.Throw<ConfigException>(
            () => run.Session.RunUntil(VirtualTime.FromPicoseconds(1_000_000)))
            .Key.ShouldBe("time.feedback");
    }

    private static NodeSessionOptions Options(int intervals, int vcpus) =>
        ScriptedRun.Defaults(vcpus) with { FeedbackIntervals = intervals };

    private static ScriptedRun Make(
        ScriptInstruction[] program, NodeSessionOptions options, bool isEventDriven,
        out ScriptedPeer peer)
    {
        peer = new ScriptedPeer(options, new FakeMemory(), isEventDriven);
        return new ScriptedRun(program, [0], options, peer: peer);
    }

    private static string Random(
        int seed, int intervals, int vcpus, bool isEventDriven, bool isEager,
        FakeMemory? memory = null, OutOfOrderOptions? core = null)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);
        NodeSessionOptions options = Options(intervals, vcpus) with { OutOfOrder = core };
        var peer = new ScriptedPeer(options, memory ?? new FakeMemory(), isEventDriven)
        {
            IsEager = isEager,
        };
        using var run = new ScriptedRun(program, entries, options, peer: peer);
        NodeResult result = run.Run();
        for (int i = 0; i < vcpus; i++)
        {
            VcpuTimes times = run.Session.Times(new VcpuId(i));
            times.TotalUnits.ShouldBe(
                times.ExecutedUnits + times.StallUnits + times.KernelUnits + times.WaitingUnits);
        }

        return run.Fingerprint(result);
    }

    private sealed class Dumps : INodeObserver
    {
        public List<UInt128> Cycles { get; } = [];

        public void RegionMarked(
            VirtualTime time, VcpuId vcpu, bool isBegin, ulong workId, ulong threadId)
        {
        }

        public void StatisticsDumped(VirtualTime time, StatisticsList list) =>
            Cycles.Add(list.Items.Single(s => s.Name == "vcpu0.numCycles").Value);

        public void StatisticsReset(VirtualTime time)
        {
        }
    }
}
