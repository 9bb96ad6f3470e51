using Dilaton.Core;
using Dilaton.Cosim;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

/// <summary>Accesses to windows: docs/time.md, section 11.</summary>
public sealed class Windows
{
    private const ulong Register = 0x100_0000_0000;
    private const ulong LatencyPicoseconds = 250_123;

    private static readonly ScriptInstruction[] s_one =
    [
        new(ScriptOp.Compute),
        new(ScriptOp.WindowLoad, Register),
        new(ScriptOp.Set, 42),
        new(ScriptOp.WindowStore, Register),
        new(ScriptOp.WindowModify, Register),
        new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
    ];

    [Fact]
    public void AnAccessIsChargedItsLatencyInWholeCycles_AndItsInstructionOnce()
    {
        var device = new ScriptedDevice(new VirtualDuration(LatencyPicoseconds));
        using ScriptedRun run = Start(s_one, 1, device, isEventDriven: true);
        run.Run();

        // 250123 ps are 751 cycles of 3 GHz. A cycle is 4 units, an instruction 3.
        VcpuTimes times = run.Session.Times(new VcpuId(0));
        times.ExecutedUnits.ShouldBe(6UL * 3);
        // Each of the three instructions that access it waits for the end of a cycle: one unit.
        times.StallUnits.ShouldBe((4UL * 751 * 4) + 3);
        run.Statistic("window.dev.loads").ShouldBe((UInt128)2);
        run.Statistic("window.dev.stores").ShouldBe((UInt128)2);
        run.Statistic("window.dev.latencyMax").ShouldBe((UInt128)LatencyPicoseconds);
        run.Statistic("vcpu0.exits.windowAccess").ShouldBe((UInt128)3);
    }

    [Fact]
    public void AStoreLeavesWhenItsInstructionHasExecuted_AModifyIsALoadThenAStore()
    {
        var device = new ScriptedDevice(new VirtualDuration(LatencyPicoseconds));
        using ScriptedRun run = Start(s_one, 1, device, isEventDriven: true);
        run.Run();
        device.Log.Select(line => line[(line.IndexOf(' ') + 1)..]).ShouldBe(
            ["0 load 0", "0 store 42", "0 load 42", "0 store 43"]);

        // 751 cycles of 4 units each; before the store three instructions of 3 and the rest of a cycle,
        // before the second load that rest, before its store the modify itself. 12 units are 1000 ps.
        ulong[] gaps = [3004 + 9 + 1, 3004 + 1, 3004 + 3];
        long[] times = [.. device.Log.Select(line => long.Parse(line.Split(' ')[0]))];
        for (int i = 0; i < gaps.Length; i++)
        {
            long expected = (long)gaps[i] * 1000 / 12;
            (times[i + 1] - times[i]).ShouldBeInRange(expected, expected + 1);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void AnEventDrivenDeviceGivesTheBytesOfOneThatKnows(int vcpus)
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            (string events, List<string> first) = Random(seed, vcpus, isEventDriven: true);
            (string model, List<string> second) = Random(seed, vcpus, isEventDriven: false);
            first.ShouldBe(second, $"seed {seed}");
            events.ShouldBe(model, $"seed {seed}");
        }
    }

    [Fact]
    public void AccessesOfSeveralVcpusComeInTheOrderOfTime_AndOverlap()
    {
        int waited = 0;
        for (int seed = 1; seed <= 8; seed++)
        {
            (string _, List<string> log) = Random(seed, 4, isEventDriven: true);
            List<ulong> times = [.. log.Select(line => ulong.Parse(line.Split(' ')[0]))];
            times.SequenceEqual(times.Order()).ShouldBeTrue($"seed {seed}");
            for (int i = 1; i < times.Count; i++)
            {
                // Made while the one before was still being served.
                waited += times[i] - times[i - 1] < LatencyPicoseconds ? 1 : 0;
            }
        }

        waited.ShouldBeGreaterThan(50);
    }

    [Fact]
    public void OneVcpu_ResultIsTheSameForAnySlice()
    {
        for (int seed = 1; seed <= 6; seed++)
        {
            (string one, List<string> _) = Random(seed, 1, isEventDriven: true, slice: 1000);
            (string other, List<string> _) = Random(seed, 1, isEventDriven: true, slice: 7);
            one.ShouldBe(other, $"seed {seed}");
        }
    }

    [Fact]
    public void ADeviceBehindThePeerThatTimesMemory_SeesBothInOrder()
    {
        for (int seed = 1; seed <= 8; seed++)
        {
            (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 6);
            NodeSessionOptions options = ScriptedRun.Defaults(3);
            var prints = new List<string>();
            for (int i = 0; i < 2; i++)
            {
                var device = new ScriptedDevice(new VirtualDuration(LatencyPicoseconds));
                var peer = new ScriptedPeer(options, new FakeMemory(), isEventDriven: true)
                {
                    Device = device,
                };
                using var run = new ScriptedRun(
                    WithWindows(program), entries, options, memory: new FakeMemory(), peer: peer,
                    windows: [Window(peer)]);
                prints.Add(run.Fingerprint(run.Run()));
                AddsUp(run, 3);
                device.Log.Count.ShouldBeGreaterThan(0, $"seed {seed}");
            }

            prints[0].ShouldBe(prints[1], $"seed {seed}");
        }
    }

    [Fact]
    public void ATimerFiresWhileAnAccessIsOpen()
    {
        // The device takes 50 us, and the other thread's timer comes before that.
        ScriptInstruction[] program =
        [
            new(ScriptOp.WindowLoad, Register),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 10_000),
            new(ScriptOp.SystemCall, ScriptedKernel.GetTime),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        var device = new ScriptedDevice(VirtualDuration.FromMicroseconds(50));
        using ScriptedRun run = Start(program, 2, device, isEventDriven: true, entries: [0, 2]);
        run.Run();
        run.Kernel.Acts.Select(a => a.At).SequenceEqual(run.Kernel.Acts.Select(a => a.At).Order())
            .ShouldBeTrue();
        run.Kernel.Acts.ShouldContain(a => a.At > new VirtualTime(10_000_000)
            && a.At < new VirtualTime(15_000_000));
        AddsUp(run, 2);
    }

    private static (string Print, List<string> Log) Random(
        int seed, int vcpus, bool isEventDriven, ulong slice = 1000)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, vcpus * 2);
        var device = new ScriptedDevice(new VirtualDuration(LatencyPicoseconds));
        using ScriptedRun run = Start(
            WithWindows(program), vcpus, device, isEventDriven, entries, slice);
        string print = run.Fingerprint(run.Run());
        AddsUp(run, vcpus);
        return (print, device.Log);
    }

    /// <summary>Every fourth computation becomes an access.</summary>
    private static ScriptInstruction[] WithWindows(ScriptInstruction[] program)
    {
        var changed = (ScriptInstruction[])program.Clone();
        int count = 0;
        for (int i = 0; i < changed.Length; i++)
        {
            if (changed[i].Op is ScriptOp.Compute or ScriptOp.Load && ++count % 4 == 0)
            {
                changed[i] = (count / 4 % 3) switch
                {
                    0 => new(ScriptOp.WindowLoad, Register),
                    1 => new(ScriptOp.WindowStore, Register),
                    _ => new(ScriptOp.WindowModify, Register),
                };
            }
        }

        return changed;
    }

    private static ScriptedRun Start(
        ScriptInstruction[] program, int vcpus, ScriptedDevice device, bool isEventDriven,
        ulong[]? entries = null, ulong slice = 1000)
    {
        NodeSessionOptions options = ScriptedRun.Defaults(vcpus) with { SliceCycles = slice };
        var peer = new ScriptedPeer(options, new FakeMemory(), isEventDriven) { Device = device };
        return new ScriptedRun(
            program, entries ?? new ulong[vcpus], options, hasMemory: false,
            windows: [Window(peer)]);
    }

    private static NodeWindow Window(ScriptedPeer peer) =>
        new("dev", new GuestPhysicalAddress(Register), 4096, true, peer);

    private static void AddsUp(ScriptedRun run, int vcpus)
    {
        for (int i = 0; i < vcpus; i++)
        {
            VcpuTimes times = run.Session.Times(new VcpuId(i));
            times.TotalUnits.ShouldBe(
                times.ExecutedUnits + times.StallUnits + times.KernelUnits + times.WaitingUnits);
        }
    }
}
