using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>A node that runs up to grants.</summary>
public sealed class SessionGrants
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void WhereGrantsEndDoesNotShow(int vcpus)
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            using ScriptedRun whole = Create(seed, vcpus, hasMemory: vcpus == 1);
            string first = whole.Fingerprint(whole.Run());
            using ScriptedRun parts = Create(seed, vcpus, hasMemory: vcpus == 1);
            parts.Fingerprint(RunInParts(parts, new Random(seed))).ShouldBe(first, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(1, true)]
    [InlineData(4, true)]
    public void NothingActsAtTheGrantOrBehindIt_AlsoWithAPeer(int vcpus, bool isEventDriven)
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            NodeSessionOptions options = ScriptedRun.Defaults(vcpus);
            using var run = new ScriptedRun(
                program, entries, options, quantumNanoseconds: 2_000,
                peer: new ScriptedPeer(options, new FakeMemory(), isEventDriven));
            RunInParts(run, new Random(seed)).End.ShouldBe(NodeEnd.GuestExited, $"seed {seed}");
        }
    }

    [Fact]
    public void WaitingForEverIsADeadlockOnlyWhenNothingCanCome()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 10_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ReceiveFrame),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        run.Session.RunUntil(At(5_000_000)).ShouldBeNull();
        run.Session.NextAct.ShouldBe(
            run.Kernel.Acts[^1].At + VirtualDuration.FromNanoseconds(10_000));
        run.Session.RunUntil(At(90_000_000)).ShouldBeNull();
        run.Session.NextAct.ShouldBe(VirtualTime.MaxValue);
        NodeResult result = run.Session.RunUntil(VirtualTime.MaxValue)!;
        result.End.ShouldBe(NodeEnd.Deadlock);
        result.Report.ShouldContain("thread 0 waits for a frame");
    }

    [Fact]
    public void ASpinActsOnlyWhenSomethingComes()
    {
        // Waits for a flag, which a second thread sets when a frame has come.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x5000),
            new(ScriptOp.JumpIfZero, 0),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.ReceiveFrame),
            new(ScriptOp.Set, 1),
            new(ScriptOp.Store, 0x5000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(2) with { Until = null };
        using var run = new ScriptedRun(program, [0, 3], options);
        var port = new NodePort(run.Session, 0);
        port.Attach(run.Kernel);
        var node = new SessionNode(0, run.Session, port);
        var report = new NodeReport(0);
        for (ulong grant = 1_000_000; report.NextAct != VirtualTime.MaxValue; grant += 1_000_000)
        {
            grant.ShouldBeLessThan(2_000_000_000UL, "it must notice that it spins");
            node.Run(At(grant), [], report);
        }

        FrameArrival frame = new(At(7_000_000_000), 0, new byte[] { 0 });
        ulong slices = run.Engine.RunCount;
        node.Run(At(7_100_000_000), [frame], report);
        report.HasEnded.ShouldBeTrue();
        run.Session.Result!.End.ShouldBe(NodeEnd.GuestExited);
        run.Session.Result.Time.ShouldBeGreaterThan(frame.Time);
        (run.Engine.RunCount - slices).ShouldBeLessThan(300UL);
    }

    [Fact]
    public void AHostStaysUpAfterItsGuestsEnd()
    {
        // One thread sleeps, the other ends the node.
        ScriptInstruction[] program =
        [
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 50_000_000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitNode, 3),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(1) with { Until = null };
        using var run = new ScriptedRun(program, [0, 2], options, hasMemory: false);
        run.Kernel.StaysUp = true;
        var port = new NodePort(run.Session, 0);
        port.Attach(run.Kernel);
        run.Kernel.Frames = port;
        var node = new SessionNode(0, run.Session, port);
        var report = new NodeReport(0);
        node.Run(At(1_000_000_000), [], report);
        NodeResult ended = run.Session.Result!;
        (ended.End, ended.Guest!.Code).ShouldBe((NodeEnd.GuestExited, 3));
        (report.HasEnded, report.NextAct).ShouldBe((false, VirtualTime.MaxValue), "its sleeper is forgotten");

        FrameArrival frame = new(At(7_000_000_000), 0, new byte[] { 0 });
        node.Run(At(7_100_000_000), [frame], report);
        (report.HasEnded, report.NextAct).ShouldBe((false, VirtualTime.MaxValue));
        report.Now.ShouldBe(frame.Time);
        report.Departures.Single().Time.ShouldBe(frame.Time);

        node.Run(VirtualTime.MaxValue, [], report);
        report.HasEnded.ShouldBeTrue();
        run.Session.Result!.EventLogHash.ShouldNotBe(ended.EventLogHash, "frames are in it");
        (run.Session.Result with { EventLogHash = ended.EventLogHash }).ShouldBe(ended);
        run.Statistic("finalTick").ShouldBe((UInt128)ended.Time.Picoseconds);
    }

    [Fact]
    public void NodesThatPlayPingPong_GiveTheSameInAnyLayout()
    {
        string first = PlayPingPong(n => [new LocalClusterWorker(n)]);
        first.ShouldContain("GuestExited");
        PlayPingPong(n => [.. n.Select((x, i) => new ShuffledWorker([x], i))]).ShouldBe(first);
        ClusterWorkerThread[] threads = [];
        PlayPingPong(n => threads = [.. n.Select((x, i) => new ClusterWorkerThread(
            new LocalClusterWorker(x), $"node {i}"))]).ShouldBe(first);
        Array.ForEach(threads, t => t.Dispose());
    }

    private static VirtualTime At(ulong picoseconds) => new(picoseconds);

    private static ScriptedRun Create(int seed, int vcpus, bool hasMemory)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);

        // Latencies above the worst stall would let the grid of checks show: time.md, 9.2.
        return new ScriptedRun(
            program, entries, ScriptedRun.Defaults(vcpus), hasMemory: hasMemory,
            memory: new FakeMemory { BusyPicoseconds = 0 }, quantumNanoseconds: 3_000);
    }

    private static NodeResult RunInParts(ScriptedRun run, Random random)
    {
        NodeSession session = run.Session;
        VirtualTime grant = VirtualTime.Zero;
        while (true)
        {
            grant += VirtualDuration.FromPicoseconds((ulong)random.Next(1, 3_000_000));
            if (session.RunUntil(grant) is { } result)
            {
                return result;
            }

            session.Now.ShouldBeLessThan(grant);
            session.NextAct.ShouldBeGreaterThanOrEqualTo(grant);
            run.Kernel.Acts.ShouldAllBe(a => a.At < grant);
        }
    }

    private static string PlayPingPong(
        Func<IReadOnlyList<IClusterNode>, IReadOnlyList<IClusterWorker>> layout)
    {
        List<ScriptedRun> runs = [];
        List<IClusterNode> nodes = [];
        for (int i = 0; i < 4; i++)
        {
            int partner = i ^ 1;
            (ulong, ulong) order = i % 2 == 0
                ? (ScriptedKernel.SendFrame, ScriptedKernel.ReceiveFrame)
                : (ScriptedKernel.ReceiveFrame, ScriptedKernel.SendFrame);
            ScriptInstruction[] program =
            [
                new(ScriptOp.SetCounter, 60),
                new(ScriptOp.Load, 0x1000),
                new(ScriptOp.SystemCall, order.Item1, (ulong)partner),
                new(ScriptOp.Store, 0x2000),
                new(ScriptOp.SystemCall, order.Item2, (ulong)partner),
                new(ScriptOp.Loop, 1),
                new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            ];
            var run = new ScriptedRun(program, [0]);
            var port = new NodePort(run.Session, i);
            port.Attach(run.Kernel);
            run.Kernel.Frames = port;
            runs.Add(run);
            nodes.Add(new SessionNode(i, run.Session, port));
        }

        var coordinator = new ClusterCoordinator(
            new ScriptedNetwork(4, 9), layout(nodes), ClusterRun.Strict);
        ClusterResult result = coordinator.Run();
        coordinator.Statistics.FramesDelivered.ShouldBeGreaterThanOrEqualTo(238UL);
        string print = result + string.Join(
            "\n--\n", runs.Select(r => r.Fingerprint(r.Session.Result!)));
        runs.ForEach(r => r.Dispose());
        return print;
    }
}
