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

    private static string Run(
        int seed, int vcpus, Func<NodeSessionOptions, IIntervalPeer>? peer)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus);
        using var run = new ScriptedRun(
            program, entries, options, memory: new FakeMemory(), peer: peer?.Invoke(options));
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
