using Dilaton.Core;
using Dilaton.Cosim;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Simulation;

public sealed class SingleVcpu
{
    [Fact]
    public void ResultIsTheSameForAnySliceAndWeave() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            string first = Run(seed, ScriptedRun.Defaults(), 64);
            var random = new Random(seed);
            for (int i = 0; i < 4; i++)
            {
                NodeSessionOptions options = ScriptedRun.Defaults() with
                {
                    SliceCycles = (ulong)random.Next(1, 3_000),
                    WeaveInterval = VirtualDuration.FromNanoseconds((ulong)random.Next(1, 30_000)),
                    FastForwardSpins = i != 1,
                };
                Run(seed, options, 64).ShouldBe(first, $"seed {seed}, {options}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void ResultIsTheSameForAnySliceAndWeave_WithAnOutOfOrderCore() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            NodeSessionOptions core = OutOfOrder(random);
            string first = Run(seed, core, 64);
            first.ShouldNotBe(Run(seed, core with { OutOfOrder = null }, 64), $"seed {seed}");
            for (int i = 0; i < 4; i++)
            {
                NodeSessionOptions options = core with
                {
                    SliceCycles = (ulong)random.Next(1, 3_000),
                    WeaveInterval = VirtualDuration.FromNanoseconds((ulong)random.Next(1, 30_000)),
                    FastForwardSpins = i != 1,
                };
                Run(seed, options, random.Next(1, 100)).ShouldBe(first, $"seed {seed}, {options}");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));

    [Fact]
    public void BlockShapeDoesNotShow() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            string first = Run(seed, ScriptedRun.Defaults(), 1);
            Run(seed, ScriptedRun.Defaults(), 7).ShouldBe(first, $"seed {seed}");
            Run(seed, ScriptedRun.Defaults(), 4096).ShouldBe(first, $"seed {seed}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    [Fact]
    public void FilteredEqualsFullToThePicosecond() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            NodeSessionOptions options = ScriptedRun.Defaults();
            string full = Run(seed, options, 64, out ulong fullHits, out ulong fullRecords);
            string filtered = Run(
                seed,
                options with { Events = MemoryEventLevel.Filtered },
                64,
                out ulong filteredHits,
                out ulong filteredRecords);
            filtered.ShouldBe(full, $"seed {seed}");
            filteredHits.ShouldBe(fullHits, $"seed {seed}");
            filteredRecords.ShouldBeLessThanOrEqualTo(fullRecords);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(100));

    [Fact]
    public void SpinsAreSkippedWithTheSameResultForAnySlice()
    {
        // Waits for a flag that the second thread sets when it gets the one vCPU.
        ScriptInstruction[] program =
        [
            new(ScriptOp.Load, 0x5000),
            new(ScriptOp.JumpIfZero, 0),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
            new(ScriptOp.SystemCall, ScriptedKernel.Sleep, 300_000),
            new(ScriptOp.Set, 1),
            new(ScriptOp.Store, 0x5000),
            new(ScriptOp.SystemCall, ScriptedKernel.ExitThread),
        ];
        string? first = null;
        foreach (ulong slice in (ulong[])[1, 77, 1_000, 100_000])
        {
            foreach (bool skips in (bool[])[true, false])
            {
                NodeSessionOptions options = ScriptedRun.Defaults() with
                {
                    SliceCycles = slice,
                    FastForwardSpins = skips,
                };
                using var run = new ScriptedRun(
                    program, [0, 3], options, quantumNanoseconds: 20_000);
                NodeResult result = run.Run();
                result.End.ShouldBe(NodeEnd.GuestExited);
                string now = run.Fingerprint(result);
                first ??= now;
                now.ShouldBe(first, $"slice {slice}, skips {skips}");
                (run.Statistic("vcpu0.spin") > 100_000).ShouldBe(skips);
            }
        }
    }

    private static NodeSessionOptions OutOfOrder(Random random) => ScriptedRun.Defaults() with
    {
        OutOfOrder = new OutOfOrderOptions
        {
            WindowInstructions = random.Next(1, 300),
            LoadQueueEntries = random.Next(1, 40),
            MissRegisters = random.Next(1, 12),
        },
    };

    private static string Run(int seed, NodeSessionOptions options, int recordsPerBlock) =>
        Run(seed, options, recordsPerBlock, out _, out _);

    private static string Run(
        int seed,
        NodeSessionOptions options,
        int recordsPerBlock,
        out ulong hits,
        out ulong records)
    {
        (ScriptInstruction[] program, ulong[] entries) = ScriptGenerator.Create(seed, 3);
        using var run = new ScriptedRun(
            program, entries, options, recordsPerBlock, quantumNanoseconds: 3_000);
        NodeResult result = run.Run();
        result.End.ShouldBe(NodeEnd.GuestExited);
        hits = run.Hierarchy!.Hits;
        records = (ulong)run.Statistic("memory.records");
        return run.Fingerprint(result);
    }
}
