using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Tests.Simulation;
using Dilaton.Time;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws;

/// <summary>Law 1: N instructions at CPI c and f Hz take N x c / f, exactly.</summary>
public sealed class Law1
{
    [Fact]
    public void InstructionsTakeExactlyTheirCyclesOverFrequency() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            ulong rounds = (ulong)random.Next(1, 20_000);
            ulong hertz = (ulong)random.NextInt64(1_000_000, 6_000_000_000);
            var cpi = new Ratio((ulong)random.Next(1, 40), (ulong)random.Next(1, 40));
            ScriptInstruction[] program =
            [
                new(ScriptOp.SetCounter, rounds),
                new(ScriptOp.Compute),
                new(ScriptOp.Loop, 1),
                new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            ];
            NodeSessionOptions options = ScriptedRun.Defaults() with
            {
                Frequency = new Frequency(hertz),
                CyclesPerInstruction = cpi,
                KernelCosts = KernelCosts.Ideal,
                Events = MemoryEventLevel.Off,
                Until = null,
            };
            using var run = new ScriptedRun(program, [0], options);
            NodeResult result = run.Run();
            UInt128 instructions = 2 + (2 * (UInt128)rounds);
            UInt128 exact = instructions * cpi.Numerator * 1_000_000_000_000
                / ((UInt128)cpi.Denominator * hertz);
            ((UInt128)result.Time.Picoseconds).ShouldBe(exact, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));

    /// <summary>Of cores that are not alike each takes its own cycles over its own frequency.</summary>
    [Fact]
    public void CoresThatAreNotAlike_TakeTheirOwnCyclesOverTheirOwnFrequency() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            ulong rounds = (ulong)random.Next(1, 5_000);
            CoreOptions[] cores = new CoreOptions[random.Next(2, 5)];
            for (int i = 0; i < cores.Length; i++)
            {
                ulong parts = (ulong)random.Next(1, 1_001);
                cores[i] = new CoreOptions
                {
                    Speed = i == 0 ? Ratio.One : new Ratio((ulong)random.Next(1, (int)parts + 1), parts),
                    CyclesPerInstruction = new Ratio((ulong)random.Next(1, 40), (ulong)random.Next(1, 40)),
                    StoreBufferEntries = 1,
                };
            }

            ScriptInstruction[] program =
            [
                new(ScriptOp.SetCounter, rounds),
                new(ScriptOp.Loop, 1),
                new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            ];
            NodeSessionOptions options = ScriptedRun.Defaults(cores.Length) with
            {
                Frequency = new Frequency((ulong)random.NextInt64(1_000_000, 6_000_000_000)),
                Cores = cores,
                KernelCosts = KernelCosts.Ideal,
                Events = MemoryEventLevel.Off,
                SliceCycles = (ulong)random.Next(1, 3_000),
                Until = null,
            };
            using var run = new ScriptedRun(program, new ulong[cores.Length], options);
            run.Run().End.ShouldBe(NodeEnd.GuestExited);
            for (int i = 0; i < cores.Length; i++)
            {
                ulong hertz = options.Frequency.Hertz * cores[i].Speed.Numerator / cores[i].Speed.Denominator;
                UInt128 exact = (2 + (UInt128)rounds) * cores[i].CyclesPerInstruction.Numerator * 1_000_000_000_000
                    / ((UInt128)cores[i].CyclesPerInstruction.Denominator * hertz);
                VirtualTime exit = run.Kernel.Acts.Single(a => a.What == "call0" && a.Thread == i).At;
                ((UInt128)exit.Picoseconds).ShouldBe(exact, $"seed {seed}, core {i}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(50));
}
