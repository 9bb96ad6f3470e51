using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>Calls, returns and indirect jumps are told with where they went, and predicted.</summary>
public sealed class BranchTargetTests
{
    private const int Rounds = 40;

    private static readonly CoreCost s_cost =
        new(Ratio.One, 3) { RecordsBranches = true, RecordsTargets = true };

    [Theory]
    [InlineData(MemoryEventLevel.Full, false)]
    [InlineData(MemoryEventLevel.Full, true)]
    [InlineData(MemoryEventLevel.Filtered, false)]
    public void Targets_AreTold_HoweverBlocksAndSlicesAreCut(MemoryEventLevel level, bool tracks)
    {
        List<BranchEvent>? first = null;
        (int Most, uint Slice)[] cuts = [(1, 100_000), (3, 100_000), (128, 100_000), (128, 7), (128, 1)];
        foreach ((int most, uint slice) in cuts)
        {
            List<BranchEvent> told = Run(Calls, most, slice, s_cost with { TracksProducers = tracks }, level);
            first ??= told;
            told.ShouldBe(first, $"blocks of {most}, slices of {slice}");
        }

        Stack<ulong> calls = new();
        foreach (BranchEvent branch in first!)
        {
            if (branch.Kind is BranchKind.Call or BranchKind.IndirectCall)
            {
                calls.Push(branch.ReturnTo);
            }

            (branch.Kind != BranchKind.Return || calls.Pop() == branch.Target).ShouldBeTrue($"{branch}");
        }

        calls.ShouldBeEmpty();
        ulong[] called = [.. first!.Where(b => b.Kind == BranchKind.IndirectCall).Select(b => b.Target)];
        called.Length.ShouldBe(Rounds);
        called.Distinct().Count().ShouldBe(2);
        called.ShouldBe(Enumerable.Range(0, Rounds).Select(i => called[i % 2]), "even and odd by turns");
        first!.Where(b => b.Kind == BranchKind.IndirectJump).Select(b => b.Target).Distinct().Count().ShouldBe(1);
        first!.Count(b => b.Kind == BranchKind.IndirectJump).ShouldBe(Rounds);
        first!.Count(b => b.Kind == BranchKind.Conditional).ShouldBe(Rounds);
        first!.Count(b => b.Kind == BranchKind.Return).ShouldBe(Rounds * 5 / 2);
        first!.ShouldAllBe(b => b.Kind == BranchKind.Conditional || b.IsTaken);
        first!.ShouldAllBe(b => b.LoadsTarget == (b.Kind == BranchKind.Return));
    }

    [Fact]
    public void WhoAsksForConditionalOnesAlone_IsToldNoOthers() =>
        Run(Calls, 128, 100_000, s_cost with { RecordsTargets = false }).Select(b => (b.Kind, b.IsTaken)).ShouldBe(
            Enumerable.Range(1, Rounds).Select(i => (BranchKind.Conditional, i < Rounds)));

    [Fact]
    public void ATarget_ComesFromTheLoadOfItsRegister()
    {
        List<BranchEvent> told = Run(
            a =>
            {
                Label there = a.CreateLabel();
                Label end = a.CreateLabel();
                a.lea(rax, __[there]);
                a.mov(__qword_ptr[rdi], rax);
                a.mov(rax, __qword_ptr[rdi]);
                a.nop();
                a.jmp(rax);
                a.Label(ref there);
                a.lea(rax, __[end]);
                a.mov(__qword_ptr[rdi], rax);
                a.jmp(__qword_ptr[rdi]);
                a.Label(ref end);
                a.syscall();
            },
            128, 1000, s_cost with { TracksProducers = true });

        // A load takes 4 units, the rest one: the load is at 2, the jumps at 7 and 10.
        told.Select(b => (b.OffsetUnits, b.Distance, b.LoadsTarget)).ShouldBe([(7U, 5U, false), (10U, 0U, true)]);
    }

    /// <summary>A stack of so many entries knows the innermost calls.</summary>
    [Theory]
    [InlineData(8, 0)]
    [InlineData(16, 0)]
    [InlineData(50, 34)]
    public void Recursion_IsWrongForWhatTheStackCantHold(int depth, int wrong)
    {
        BranchCounts counts = Predict(
            Run(
                a =>
                {
                    Label function = a.CreateLabel();
                    Label end = a.CreateLabel();
                    a.mov(ecx, depth);
                    a.call(function);
                    a.syscall();
                    a.Label(ref function);
                    a.dec(ecx);
                    a.je(end);
                    a.call(function);
                    a.Label(ref end);
                    a.ret();
                },
                128, 100_000, s_cost),
            out int misses);

        (counts.Returns, counts.ReturnMispredictions).ShouldBe(((ulong)depth, (ulong)wrong));
        counts.Branches.ShouldBe(2 * (ulong)depth);
        counts.Mispredictions.ShouldBe((ulong)misses);
    }

    /// <summary>Its load of the return address misses, in the slice's eighth unit.</summary>
    [Theory]
    [InlineData(true, 108UL)]
    [InlineData(false, IssueMiss.None)]
    public void AReturnThatIsWrong_WaitsForItsOwnLoad(bool loadsTarget, ulong producer)
    {
        BranchMiss[] branches =
            [new() { OffsetUnits = 8, LoadsTarget = loadsTarget, Producer = IssueMiss.None }];
        CacheMiss[] misses = [new(0x1000, 8, 100, MemoryEventKind.Load, true)];
        new LoadChain(1, 64, 64).Take(
            new MemoryEventBlock
            {
                Vcpu = new VcpuId(0),
                Addresses = [0x1000],
                Sizes = [8],
                Kinds = [MemoryEventKind.Load],
                Offsets = [8],
                Distances = [0],
                Suppressed = default,
            },
            100, misses, 0, branches);
        branches[0].Producer.ShouldBe(producer);
    }

    [Fact]
    public void TwoTargetsByTurns_AreLearned()
    {
        BranchCounts counts = Predict(Run(Calls, 128, 100_000, s_cost), out int misses);

        // Call and jump by turns have a period of 4, and before that 3 pasts that are not full yet.
        counts.Indirect.ShouldBe(2UL * Rounds);
        counts.IndirectMispredictions.ShouldBe(7UL);
        counts.ReturnMispredictions.ShouldBe(0UL);
        counts.Mispredictions.ShouldBe((ulong)misses);
    }

    private static BranchCounts Predict(List<BranchEvent> told, out int misses)
    {
        BranchUnit unit = new(new BranchOptions
        {
            Predictor = BranchPredictorKind.Gshare,
            Entries = 256,
            PenaltyCycles = 15,
            ReturnStackEntries = 16,
            Indirect = new IndirectOptions(256, 2, 3),
        });
        BranchCounts counts = default;
        unit.Take(
            new MemoryEventBlock
            {
                Vcpu = new VcpuId(0),
                Addresses = [],
                Sizes = [],
                Kinds = [],
                Offsets = [],
                Suppressed = default,
                Branches = told.ToArray(),
            },
            ref counts, null);
        misses = unit.Misses.Length;
        return counts;
    }

    /// <returns>With addresses from the start of the code, and offsets from the start of the run.</returns>
    private static List<BranchEvent> Run(
        Action<Assembler> program, int most, uint slice, CoreCost cost, MemoryEventLevel level = MemoryEventLevel.Full)
    {
        using TestGuest guest = new(program, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = most });
        guest.Engine.SetEvents(level, cost);
        List<BranchEvent> told = [];
        ulong start = 0;
        for (ExitReason reason = ExitReason.BudgetExhausted; reason == ExitReason.BudgetExhausted;)
        {
            VcpuExit exit = guest.Vcpu.Run(slice);
            reason = exit.Reason;
            told.AddRange(guest.Branches.Select(b => b with
            {
                Address = b.Address - guest.CodeStart,
                OffsetUnits = (uint)(start + b.OffsetUnits),
                Target = b.Target == 0 ? 0 : b.Target - guest.CodeStart,
                ReturnTo = b.ReturnTo == 0 ? 0 : b.ReturnTo - guest.CodeStart,
            }));
            guest.Branches.Clear();
            start += exit.Units;
        }

        return told;
    }

    /// <summary>A loop with calls of two functions by turns, one of which calls another, and an indirect
    /// jump.</summary>
    private static void Calls(Assembler a)
    {
        Label loop = a.CreateLabel();
        Label even = a.CreateLabel();
        Label odd = a.CreateLabel();
        Label leaf = a.CreateLabel();
        Label join = a.CreateLabel();
        a.mov(ecx, Rounds);
        a.Label(ref loop);
        a.lea(rbx, __[even]);
        a.lea(rax, __[odd]);
        a.test(cl, 1);
        a.cmovne(rbx, rax);
        a.call(rbx);
        a.call(leaf);
        a.lea(rax, __[join]);
        a.jmp(rax);
        a.nop();
        a.Label(ref join);
        a.dec(ecx);
        a.jne(loop);
        a.syscall();
        a.Label(ref odd);
        a.call(leaf);
        a.ret();
        a.Label(ref even);
        a.ret();
        a.Label(ref leaf);
        a.ret();
    }
}
