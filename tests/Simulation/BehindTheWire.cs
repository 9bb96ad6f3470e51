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
        int seed, int vcpus, Func<NodeSessionOptions, IIntervalPeer>? peer)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus);
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
