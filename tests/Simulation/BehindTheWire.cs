using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>The same model in process and as a peer.</summary>
public sealed class BehindTheWire
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AModelPeerGivesTheBytesOfTheModelInProcess(int vcpus)
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            Run(seed, vcpus, peer: null).ShouldBe(
                Run(seed, vcpus, o => new ScriptedPeer(o, new FakeMemory(), false)),
                $"seed {seed}");
        }
    }

    [Fact]
    public void WithOneVcpuAnEventDrivenPeerDoesToo()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            Run(seed, 1, peer: null).ShouldBe(
                Run(seed, 1, o => new ScriptedPeer(o, new FakeMemory(), true)), $"seed {seed}");
        }
    }

    [Fact]
    public void AnEventDrivenPeerOfSeveralVcpusGetsOnAndNeverGoesBack()
    {
        int held = 0;
        for (int seed = 1; seed <= 60; seed++)
        {
            ScriptedPeer? made = null;
            string first = Run(
                seed, 4, o => made = new ScriptedPeer(o, new FakeMemory(), true));
            first.ShouldBe(
                Run(seed, 4, o => new ScriptedPeer(o, new FakeMemory(), true)),
                $"seed {seed}");
            held += made!.HeldReports;
        }

        held.ShouldBeGreaterThan(0, "the scripts must make one vCPU wait for another");
    }

    [Fact]
    public void AnEventDrivenPeerOfSeveralVcpusGetsOn_AlsoWhereTimersEndItsTime()
    {
        // The clock of a vCPU that waits may show up to a cycle less than the peer has reached.
        int held = 0;
        for (int seed = 1; seed <= 120; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            NodeSessionOptions options = ScriptedRun.Defaults(4);
            var peer = new ScriptedPeer(options, new FakeMemory(), true);
            using var run = new ScriptedRun(
                program, entries, options, quantumNanoseconds: 2_000, peer: peer);
            var random = new Random(seed);
            VirtualTime at = VirtualTime.Zero;
            for (int i = 0; i < 100; i++)
            {
                at += VirtualDuration.FromPicoseconds((ulong)random.Next(1, 3_000_000));
                run.Session.Events.Schedule(at, new Nothing());
            }

            run.Run().End.ShouldBe(NodeEnd.GuestExited, $"seed {seed}");
            held += peer.HeldReports;
        }

        held.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void WhatIsAsFastAsAnL1Hit_HoldsNobodyForEver(int vcpus)
    {
        // The second line passes the cut after the first one's answer, which may be later than the
        // system call's time without any answer.
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 200),
            new(ScriptOp.LoadAcross, 0x1000),
            new(ScriptOp.LoadAcross, 0x3000),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.LoadAcross, 0x5000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus);
        ulong[] entries = new ulong[vcpus];
        string[] prints = new string[3];
        for (int i = 0; i < prints.Length; i++)
        {
            IIntervalPeer? peer = i == 0 ? null : new ScriptedPeer(options, Fast(), i == 2);
            using var run = new ScriptedRun(
                program, entries, options, memory: Fast(), peer: peer, knownCycles: 0);
            prints[i] = run.Fingerprint(run.Run());
        }

        prints[1].ShouldBe(prints[0]);
        if (vcpus == 1)
        {
            prints[2].ShouldBe(prints[0]);
        }
    }

    /// <summary>Of out-of-order cores: the worker's copy of the issue engine, which hears the answers, and
    /// the peer's must agree in each report, else the run ends.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void OutOfOrder_AModelPeerGivesTheBytesOfTheModelInProcess(int vcpus)
    {
        int others = 0;
        for (int seed = 1; seed <= 40; seed++)
        {
            OutOfOrderOptions core = Core(seed);
            string inProcess = Run(seed, vcpus, peer: null, core: core);
            Run(seed, vcpus, o => new ScriptedPeer(o, new FakeMemory(), false), core: core)
                .ShouldBe(inProcess, $"seed {seed}");
            others += inProcess == Run(seed, vcpus, peer: null) ? 0 : 1;
        }

        others.ShouldBeGreaterThan(30, "an out-of-order core must be another one");
    }

    [Fact]
    public void OutOfOrder_WithOneVcpuAnEventDrivenPeerDoesToo()
    {
        for (int seed = 1; seed <= 40; seed++)
        {
            OutOfOrderOptions core = Core(seed);
            Run(seed, 1, peer: null, core: core).ShouldBe(
                Run(seed, 1, o => new ScriptedPeer(o, new FakeMemory(), true), core: core),
                $"seed {seed}");
        }
    }

    [Fact]
    public void OutOfOrder_AnEventDrivenPeerOfSeveralVcpusGetsOnAndNeverGoesBack()
    {
        int held = 0;
        for (int seed = 1; seed <= 60; seed++)
        {
            OutOfOrderOptions core = Core(seed);
            ScriptedPeer? made = null;
            string first = Run(
                seed, 4, o => made = new ScriptedPeer(o, new FakeMemory(), true), core: core);
            first.ShouldBe(
                Run(seed, 4, o => new ScriptedPeer(o, new FakeMemory(), true), core: core),
                $"seed {seed}");
            held += made!.HeldReports;
        }

        held.ShouldBeGreaterThan(0, "the scripts must make one vCPU wait for another");
    }

    [Fact]
    public void OutOfOrder_APeerWhoseAnswersAreNotThoseOfItsEngine_IsFoundOut()
    {
        Told(answer => answer with { Latency = answer.Latency + VirtualDuration.FromNanoseconds(1) })
            .ShouldContain("not that of its answers");
        Told(answer => answer with { Latency = VirtualDuration.FromPicoseconds(1) })
            .ShouldContain("sooner than it promised");
        Told(answer => answer with { Record = answer.Record + 1_000_000 })
            .ShouldContain("which is not on its way");
        Told(answer => answer with { Latency = new VirtualDuration(ulong.MaxValue) })
            .ShouldContain("beyond 64 bits");
    }

    private static string Told(Func<PeerAnswer, PeerAnswer> fault) =>
        Should.Throw<PeerFaultException>(() => Run(
            3, 1, o => new ScriptedPeer(o, new FakeMemory(), false) { Fault = fault }, core: Core(3))).Message;

    private static OutOfOrderOptions Core(int seed)
    {
        var random = new Random(seed);
        return new OutOfOrderOptions
        {
            WindowInstructions = random.Next(1, 300),
            LoadQueueEntries = random.Next(1, 40),
            MissRegisters = random.Next(1, 12),
        };
    }

    private sealed class Nothing : INodeEvent
    {
        public void Fire()
        {
        }
    }

    private static FakeMemory Fast() => new()
    {
        MinLatency = VirtualDuration.FromPicoseconds(500),
        BusyPicoseconds = 700,
    };

    private static string Run(
        int seed,
        int vcpus,
        Func<NodeSessionOptions, IIntervalPeer>? peer,
        OutOfOrderOptions? core = null)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus) with { OutOfOrder = core };
        using var run = new ScriptedRun(
            program, entries, options,
            memory: new FakeMemory(), peer: peer?.Invoke(options));
        NodeResult result = run.Run();
        for (int i = 0; i < vcpus; i++)
        {
            VcpuTimes times = run.Session.Times(new VcpuId(i));
            times.TotalUnits.ShouldBe(
                times.ExecutedUnits + times.StallUnits + times.KernelUnits + times.WaitingUnits);
        }

        return run.Fingerprint(result);
    }
}
