using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Windows that a model in process times.</summary>
public sealed class BuiltinWindows
{
    private const ulong Register = 0x100_0000_0000;

    [Fact]
    public void AnAccessIsChargedTheModelsLatencyInWholeCycles()
    {
        ScriptInstruction[] program =
        [
            new(ScriptOp.Compute),
            new(ScriptOp.WindowLoad, Register),
            new(ScriptOp.WindowStore, Register + 64),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        FakeMemory memory = new()
        {
            MinLatency = new VirtualDuration(250_123),
            BusyPicoseconds = 0,
            IsFlat = true,
        };
        NodeSessionOptions options = ScriptedRun.Defaults(1);
        var peer = new ModelWindowPeer(memory, 64, 1, options.StoreBufferEntries);
        using var run = new ScriptedRun(
            program, new ulong[1], options, hasMemory: false,
            windows: [new NodeWindow("far", new GuestPhysicalAddress(Register), 4096, false, peer)]);
        run.Run();
        run.Statistic("window.far.loads").ShouldBe((UInt128)1);
        run.Statistic("window.far.stores").ShouldBe((UInt128)1);

        run.Statistic("window.far.latencyMax").ShouldBe((UInt128)250_123);

        // 250123 ps are 751 cycles of 3 GHz, of 4 units; each access waits a unit for a cycle's end.
        run.Session.Times(new VcpuId(0)).StallUnits.ShouldBe((2UL * 751 * 4) + 2);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ItGivesTheSameBytes_WhateverTheSlice(int vcpus)
    {
        string first = Run(vcpus, 1000);
        Run(vcpus, 1000).ShouldBe(first);
        if (vcpus == 1)
        {
            Run(vcpus, 333).ShouldBe(first);
        }
    }

    private static string Run(int vcpus, ulong slice)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(5, vcpus * 2);
        for (int i = 0; i < program.Length; i += 3)
        {
            if (program[i].Op is ScriptOp.Compute or ScriptOp.Load)
            {
                program[i] = new(
                    i % 2 == 0 ? ScriptOp.WindowLoad : ScriptOp.WindowStore, Register + (ulong)(i % 16 * 64));
            }
        }

        NodeSessionOptions options = ScriptedRun.Defaults(vcpus) with { SliceCycles = slice };
        var peer = new ModelWindowPeer(new FakeMemory(), 64, vcpus, options.StoreBufferEntries);
        using var run = new ScriptedRun(
            program, entries, options, hasMemory: false,
            windows: [new NodeWindow("far", new GuestPhysicalAddress(Register), 4096, false, peer)]);
        return run.Fingerprint(run.Run());
    }
}
