using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>A node that is told something while it runs.</summary>
public sealed class Control
{
    /// <summary>What was said when it stood, played back at the same place, gives the same.</summary>
    [Fact]
    public void RatesToldWhileItStands_PlayedBack_GiveTheSameBytes()
    {
        const int Runs = 60;
        int stoodCount = 0;
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            NodeStand? stood = null;
            VirtualTime at = default;
            using ScriptedRun told = Random(seed, out FakeMemory memory);
            told.Session.RequestStand(() => told.Session.WhileStanding(() =>
            {
                stood = told.Session.Stand(isGranted: false);
                at = told.Session.ScheduleRates(Rates(seed, stood.Value.Earliest, memory));
                told.Session.Release();
            }));
            string first = told.Fingerprint(told.Run());
            if (stood is not { } stand)
            {
                // Its last step went past the first end of an interval: nothing was told.
                return;
            }

            stoodCount++;
            at.ShouldBe(stand.Earliest);
            using ScriptedRun again = Random(seed, out FakeMemory other);
            again.Session.ForetellRates(stand.Known, Rates(seed, at, other), isGranted: false);
            again.Fingerprint(again.Run()).ShouldBe(first, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));
        stoodCount.ShouldBeGreaterThan(Runs / 2);
    }

    [Fact]
    public void RatesToldBetweenGrants_PlayedBack_GiveTheSameBytes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            Random random = new(seed);
            ulong[] grants =
                [.. Enumerable.Range(1, 40).Select(_ => (ulong)random.Next(1, 4_000_000))];
            int telling = random.Next(0, grants.Length);
            NodeStand stood = default;
            string Run(Action<ScriptedRun, FakeMemory, int> say)
            {
                using ScriptedRun run = Random(seed, out FakeMemory memory);
                say(run, memory, -1);
                VirtualTime grant = VirtualTime.Zero;
                for (int i = 0; i < grants.Length && run.Session.Result is null; i++)
                {
                    grant += VirtualDuration.FromPicoseconds(grants[i]);
                    run.Session.RunUntil(grant);
                    say(run, memory, i);
                }

                return run.Fingerprint(
                    run.Session.Result ?? run.Session.RunUntil(VirtualTime.MaxValue)!);
            }

            string first = Run((run, memory, i) =>
            {
                if (i == telling)
                {
                    stood = run.Session.Stand(isGranted: true);
                    run.Session.ScheduleRates(Rates(seed, stood.Earliest, memory));
                }
            });
            string second = Run((run, memory, i) =>
            {
                if (i < 0 && stood.Known > VirtualTime.Zero)
                {
                    run.Session.ForetellRates(
                        stood.Known, Rates(seed, stood.Earliest, memory), isGranted: true);
                }
            });
            second.ShouldBe(first, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void ANodeThatOnlyStands_RunsAsIfItHadNot() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            using ScriptedRun plain = Random(seed, out _);
            string expected = plain.Fingerprint(plain.Run());
            using ScriptedRun stands = Random(seed, out _);
            int count = 0;
            stands.Session.RequestStand(() =>
            {
                count++;
                stands.Session.Release();
            });
            stands.Fingerprint(stands.Run()).ShouldBe(expected, $"seed {seed}");
            count.ShouldBeLessThanOrEqualTo(1);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void ACoordinatorThatOnlyStands_RunsAsIfItHadNot()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            string expected = new ClusterRun(5, seed).Run();
            var run = new ClusterRun(5, seed);
            int count = 0;
            run.Coordinator.RequestStand(() =>
            {
                count++;
                run.Coordinator.Release();
            });
            run.Run().ShouldBe(expected, $"seed {seed}");
            count.ShouldBe(1);
        }
    }

    [Fact]
    public void ACoordinatorThatIsReleased_StandsNoMore()
    {
        var run = new ClusterRun(3, 1);
        run.Coordinator.RequestStand(() => throw new InvalidOperationException("it stands"));
        run.Coordinator.Release();
        run.Coordinator.Run().End.ShouldBe(ClusterEnd.AllEnded);
    }

    [Fact]
    public void AStopEndsACoordinatorsStand()
    {
        var run = new ClusterRun(3, 1);
        run.Coordinator.RequestStand(run.Coordinator.RequestStop);
        run.Coordinator.Run().End.ShouldBe(ClusterEnd.Stopped);
    }

    [Fact]
    public void ItStandsAtTheEndOfAWeaveInterval_UntilItIsReleased()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 400_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        using ManualResetEventSlim stands = new();
        run.Session.RequestStand(stands.Set);
        NodeResult? result = null;
        Thread thread = new(() => result = run.Run());
        thread.Start();
        stands.Wait();
        NodeStand stood = default;
        run.Session.WhileStanding(() => stood = run.Session.Stand(isGranted: false));
        result.ShouldBeNull();
        stood.Known.Picoseconds.ShouldBe(10_000_000UL);
        stood.Earliest.ShouldBeGreaterThanOrEqualTo(stood.Known);
        stood.HasEnded.ShouldBeFalse();
        run.Session.Release();
        thread.Join();
        result!.End.ShouldBe(NodeEnd.GuestExited);
    }

    [Fact]
    public void AStopEndsAStand()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 400_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        run.Session.RequestStand(run.Session.RequestStop);
        run.Run().End.ShouldBe(NodeEnd.Stopped);
    }

    [Fact]
    public void WhatComesTooLate_IsNamed()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 400_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        run.Session.ForetellRates(
            new VirtualTime(30_000_000), Rates(0, new VirtualTime(10_000_000), new FakeMemory()), isGranted: false);
        Should.Throw<PeerFaultException>(run.Run).Message.ShouldStartWith(
            "the control log is of another run: a change at 10us");
    }

    [Fact]
    public void RatesBetweenOthers_HoldUntilTheNext()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 400_000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0], hasMemory: false);
        FakeMemory memory = new();
        run.Session.ScheduleRates(Rates(1, new VirtualTime(40_000_000), memory));
        run.Session.ScheduleRates(Rates(2, new VirtualTime(20_000_000), memory));
        run.Run().Changes.Select(change => change.Time.Picoseconds)
            .ShouldBe([20_000_000UL, 40_000_000]);
    }

    private static ScriptedRun Random(int seed, out FakeMemory memory)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 5);
        memory = new FakeMemory();
        return new ScriptedRun(
            program,
            entries,
            ScriptedRun.Defaults(1 + (seed % 4)),
            quantumNanoseconds: 4_000,
            memory: memory);
    }

    private static NodeRates Rates(int seed, VirtualTime from, FakeMemory memory)
    {
        Random random = new(seed);
        Ratio factor = new((ulong)random.Next(1, 40), 10);
        VirtualDuration latency = VirtualDuration.FromPicoseconds(
            factor.ScaleUp((ulong)random.Next(5_000, 60_000)));
        return new NodeRates
        {
            From = from,
            Factor = factor,
            Frequency = new Frequency(factor.ScaleDown(3_000_000_000)),
            KernelCosts = KernelCosts.Typical,
            WorstStallPerCycle = 300,
            ChangeMemory = () => memory.MinLatency = latency,
        };
    }
}
