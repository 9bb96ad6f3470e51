using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class Weave
{
    [Fact]
    public void ModelSeesTimeOrder() => SeesTimeOrder(null);

    [Fact]
    public void ModelSeesTimeOrder_OfOutOfOrderCores() => SeesTimeOrder(new OutOfOrderOptions
    {
        WindowInstructions = 100,
        LoadQueueEntries = 20,
        MissRegisters = 4,
    });

    private static void SeesTimeOrder(OutOfOrderOptions? core)
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            var memory = new FakeMemory { Requests = [] };
            using var run = new ScriptedRun(
                program, entries, ScriptedRun.Defaults(3) with { OutOfOrder = core }, memory: memory);
            run.Run();
            memory.Requests.Count.ShouldBeGreaterThan(10);
            for (int i = 1; i < memory.Requests.Count; i++)
            {
                memory.Requests[i].At.ShouldBeGreaterThanOrEqualTo(
                    memory.Requests[i - 1].At, $"seed {seed}");
            }
        }
    }

    [Fact]
    public void AWaitingCoreIssuesAfterTheAnswer()
    {
        for (int seed = 1; seed <= 30; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 4);
            var memory = new FakeMemory { Requests = [] };
            using var run = new ScriptedRun(
                program, entries, ScriptedRun.Defaults(2), memory: memory);
            run.Run();
            var ready = new Dictionary<VcpuId, VirtualTime>();
            for (int i = 0; i < memory.Requests.Count; i++)
            {
                MemoryRequest request = memory.Requests[i];
                request.At.ShouldBeGreaterThanOrEqualTo(
                    ready.GetValueOrDefault(request.Vcpu), $"seed {seed}, request {i}");
                if (request.Kind is MemoryEventKind.Load or MemoryEventKind.Modify)
                {
                    ready[request.Vcpu] = request.At + memory.Latencies[i];
                }
            }
        }
    }

    [Fact]
    public void ALoadCostsItsTrueLatencyToTheCycle()
    {
        // Miss of 12 cycles to the cut, then 30 ns and 2 x 7.001 ns = 133 cycles of 3 GHz.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000 + (1 * 64)),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        NodeSessionOptions options = ScriptedRun.Defaults() with
        {
            CyclesPerInstruction = Ratio.One,
            KernelCosts = KernelCosts.Ideal,
        };
        var memory = new FakeMemory { Requests = [] };
        using var run = new ScriptedRun(program, [0], options, memory: memory);
        run.Run();
        memory.Requests.Count.ShouldBe(1);
        memory.Requests[0].At.Picoseconds.ShouldBe(12_000UL / 3);
        memory.Latencies[0].Picoseconds.ShouldBe(30_000UL + (65 % 3 * 7_001));
        ulong behind = ((30_000 + (65 % 3 * 7_001)) * 3 + 999) / 1_000;
        VcpuTimes times = run.Session.Times(new VcpuId(0));

        // Latency - 1, and the system call's own cycle.
        times.StallUnits.ShouldBe(12 + behind - 1);
        times.TotalUnits.ShouldBe(12 + behind + 1);
    }

    [Fact]
    public void Stall_DelaysOnlyTheVcpuThatWaited()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.SetCounter, 50),
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.Load, 0x2000),
            new(ScriptOp.Load, 0x3000),
            new(ScriptOp.Loop, 1),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SetCounter, 20_000),
            new(ScriptOp.Loop, 7),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var run = new ScriptedRun(program, [0, 6], ScriptedRun.Defaults(2));
        run.Run();
        run.Session.Times(new VcpuId(0)).StallUnits.ShouldBeGreaterThan(10_000UL);
        run.Session.Times(new VcpuId(1)).StallUnits.ShouldBe(0UL);
    }

    [Fact]
    public void DifferenceIsNeverNegative()
    {
        // A model that breaks its promise is found out, not believed.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x1000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        using var session = new NodeSession(ScriptedRun.Defaults());
        using var engine = new ScriptedEngine(program, 1, session, 8);
        var kernel = new ScriptedKernel(
            session, session.Events, session, session, 1, [0], VirtualDuration.Zero);
        session.Attach(engine, kernel, kernel, new FakeHierarchy(1), new Liar());
        Should.Throw<InvariantException>(() => session.Run())
            .Claim.ShouldBe("an answer comes before its least latency");
    }

    [Fact]
    public void AModelWithoutLeastLatencyIsRefused()
    {
        using var session = new NodeSession(ScriptedRun.Defaults());
        using var engine = new ScriptedEngine([], 1, session, 8);
        var kernel = new ScriptedKernel(
            session, session.Events, session, session, 1, [0], VirtualDuration.Zero);
        Should.Throw<ConfigException>(() => session.Attach(
                engine,
                kernel,
                kernel,
                new FakeHierarchy(1),
                new FakeMemory { MinLatency = VirtualDuration.Zero }))
            .Key.ShouldBe("memory.minLatency");
    }

    private sealed class Liar : ITimingModel
    {
        public VirtualDuration MinLatency => VirtualDuration.FromNanoseconds(50);

        public void Weave(ReadOnlySpan<MemoryRequest> requests, Span<VirtualDuration> latencies) =>
            latencies.Fill(VirtualDuration.FromNanoseconds(49));
    }
}
