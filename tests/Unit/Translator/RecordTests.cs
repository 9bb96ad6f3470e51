using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

[Collection(nameof(TranslatorEngine))]
public class RecordTests
{
    private static readonly CoreCost s_cost = new(Ratio.One, 3);

    [Fact]
    public void Full_ReportsEveryAccessInOrderWithItsKindAndOffset()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(rax, __qword_ptr[rdi + 8]);
            a.mov(__dword_ptr[rdi + 100], eax);
            a.add(__word_ptr[rdi], ax);
            a.@lock.inc(__byte_ptr[rdi + 3]);
            a.push(rax);
            a.nop(__dword_ptr[rdi + 64]);
            a.prefetcht0(__byte_ptr[rdi + 128]);
            a.clflush(__byte_ptr[rdi + 192]);
            a.syscall();
        });
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost);

        VcpuExit exit = guest.Vcpu.Run(1000);

        ulong data = guest.DataStart;
        ulong stack = guest.Vcpu.Registers.Rsp;
        guest.Records.Where(r => r.Kind != MemoryEventKind.Fetch).ShouldBe(
        [
            new TestRecord(data + 8, 8, MemoryEventKind.Load, 0),
            new TestRecord(data + 100, 4, MemoryEventKind.Store, 4),
            new TestRecord(data, 2, MemoryEventKind.Modify, 5),
            new TestRecord(data + 3, 1, MemoryEventKind.Atomic, 9),
            new TestRecord(stack, 8, MemoryEventKind.Store, 13),
            new TestRecord(data + 128, 1, MemoryEventKind.Prefetch, 15),
            new TestRecord(data + 192, 1, MemoryEventKind.Flush, 16),
        ]);
        exit.Units.ShouldBe(9 + (3 * 3u));
        int fetched = guest.Records.Count(r => r.Kind == MemoryEventKind.Fetch);
        (guest.Suppressed.Fetches + (ulong)fetched).ShouldBe(exit.Instructions);
    }

    [Fact]
    public void Producers_AreTheLatestLoadsThatAnAddressComesFrom()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(__qword_ptr[rdi], rdi);
            a.mov(rax, __qword_ptr[rdi]);
            a.mov(rcx, __qword_ptr[rax + 8]);
            a.lea(rdx, __[rax + rcx + 64]);
            a.mov(esi, 8);
            a.mov(rbx, __qword_ptr[rdx + rsi]);
            a.xor(eax, eax);
            a.mov(rbx, __qword_ptr[rdi + rax]);
            a.push(__qword_ptr[rdx]);
            a.pop(rdx);
            a.mov(r8, __qword_ptr[rsp + 16]);
            a.syscall();
        });
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost with { TracksProducers = true });

        guest.Vcpu.Run(1000);

        // Loads at 1, 5, 11, 16, 20 (push), 24 (pop), 28; a load takes 4 units.
        guest.Distances.ShouldBe([(1, 0), (5, 4), (11, 6), (16, 0), (20, 15), (24, 0), (28, 0)]);
    }

    [Fact]
    public void Producers_DoNotDependOnHowBlocksAreCut()
    {
        List<(uint, uint)>? first = null;
        foreach (int most in (int[])[1, 3, 128])
        {
            using TestGuest guest = new(Chains, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = most });
            guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost with { TracksProducers = true });
            guest.Vcpu.Run(100_000).Reason.ShouldBe(ExitReason.SystemCall);
            first ??= [.. guest.Distances];
            first.Count.ShouldBeGreaterThan(100);
            first.Count(d => d.Item2 > 0).ShouldBeGreaterThan(50);
            guest.Distances.ShouldBe(first, $"blocks of {most}");
        }
    }

    [Fact]
    public void Producers_SurviveAFaultWithinABlock()
    {
        using TestGuest guest = new(a =>
        {
            Label end = a.CreateLabel();
            a.mov(__qword_ptr[rdi], rdi);
            a.mov(rax, __qword_ptr[rdi]);
            a.mov(rcx, __qword_ptr[rsi]);
            a.mov(rdx, __qword_ptr[rax + 8]);
            a.test(rax, rax);
            a.jne(end);
            a.Label(ref end);
            a.syscall();
        });
        guest.Engine.SetEvents(
            MemoryEventLevel.Full, s_cost with { TracksProducers = true, RecordsBranches = true });
        guest.Vcpu.Registers.Rsi = 0x10;

        guest.Vcpu.Run(1000).Reason.ShouldBe(ExitReason.Fault);
        guest.Vcpu.Registers.Rsi = guest.DataStart;
        guest.Vcpu.Run(1000).Reason.ShouldBe(ExitReason.SystemCall);

        // The second run goes on behind the two instructions that the first did, with what they left.
        guest.Distances.ShouldBe([(1, 0), (0, 0), (4, 8)]);
        guest.Branches.Select(b => (b.OffsetUnits, b.Distance)).ShouldBe([(9U, 13U)]);
    }

    [Theory]
    [InlineData(MemoryEventLevel.Full, false)]
    [InlineData(MemoryEventLevel.Full, true)]
    [InlineData(MemoryEventLevel.Filtered, false)]
    public void Branches_AreToldWithTheirOutcome_HoweverBlocksAndSlicesAreCut(MemoryEventLevel level, bool tracks)
    {
        List<(ulong, ulong, uint, bool)>? first = null;
        (int Most, uint Slice)[] cuts = [(1, 100_000), (3, 100_000), (128, 100_000), (128, 7)];
        foreach ((int most, uint slice) in cuts)
        {
            using TestGuest guest = new(Chains, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = most });
            guest.Engine.SetEvents(level, s_cost with { TracksProducers = tracks, RecordsBranches = true });
            List<(ulong, ulong, uint, bool)> told = [];
            ulong start = 0;
            for (ExitReason reason = ExitReason.BudgetExhausted; reason == ExitReason.BudgetExhausted;)
            {
                VcpuExit exit = guest.Vcpu.Run(slice);
                reason = exit.Reason;
                told.AddRange(guest.Branches.Select(
                    b => (b.Address - guest.CodeStart, start + b.OffsetUnits, b.Distance, b.IsTaken)));
                guest.Branches.Clear();
                start += exit.Units;
            }

            first ??= told;
            told.ShouldBe(first, $"blocks of {most}, slices of {slice}");
        }

        // Of 60 rounds: even and odd by turns, and back but for the last.
        first!.Select(b => b.Item4).ShouldBe(
            Enumerable.Range(0, 60).SelectMany(i => (bool[])[i % 2 == 1, i < 59]));
        first!.ShouldAllBe(b => b.Item3 == 0, "they look at a counter that was never loaded");
    }

    [Theory]
    [InlineData(MemoryEventLevel.Full, false)]
    [InlineData(MemoryEventLevel.Full, true)]
    [InlineData(MemoryEventLevel.Filtered, false)]
    public void Branches_KnowTheirPlace_WhichChangesNothingElse(MemoryEventLevel level, bool tracks)
    {
        CoreCost cost = s_cost with { TracksProducers = tracks, RecordsBranches = true };
        using TestGuest plain = new(Chains);
        plain.Engine.SetEvents(level, cost);
        plain.Vcpu.Run(100_000);
        NumberedPlaces places = new();
        using TestGuest guest = new(Chains, new TranslatorOptions { VcpuCount = 1, Profile = places });
        guest.Engine.SetEvents(level, cost);
        guest.Vcpu.Run(100_000);

        plain.Branches.ShouldAllBe(b => b.Place == 0);
        guest.Branches.Select(b => (b.Address - guest.CodeStart, b.OffsetUnits, b.Distance, b.IsTaken)).ShouldBe(
            plain.Branches.Select(b => (b.Address - plain.CodeStart, b.OffsetUnits, b.Distance, b.IsTaken)));
        guest.Branches.Count.ShouldBe(120);
        guest.Branches.Select(b => b.Place).Distinct().Count().ShouldBe(2);
        guest.Branches.ShouldAllBe(b => b.Place == places[b.Address]);
    }

    [Fact]
    public void Branches_KnowTheLoadThatTheirFlagsComeFrom()
    {
        using TestGuest guest = new(a =>
        {
            Label end = a.CreateLabel();
            a.mov(rax, __qword_ptr[rdi]);
            a.mov(rcx, __qword_ptr[rdi + 64]);
            a.lea(rdx, __[rax + 1]);
            a.test(rdx, rdx);
            a.js(end);
            a.cmp(__qword_ptr[rdi], 0);
            a.js(end);
            a.mov(esi, 1);
            a.js(end);
            a.xor(eax, eax);
            a.jne(end);
            a.Label(ref end);
            a.syscall();
        });
        guest.Engine.SetEvents(
            MemoryEventLevel.Full, s_cost with { TracksProducers = true, RecordsBranches = true });

        guest.Vcpu.Run(1000);

        // A load takes 4 units: loads at 0, 4 and 11.
        guest.Branches.Select(b => (b.OffsetUnits, b.Distance)).ShouldBe([(10U, 10U), (15U, 4U), (17U, 6U), (19U, 0U)]);
    }

    /// <summary>A loop over two chains, one of which is taken every other time.</summary>
    private static void Chains(Assembler a)
    {
        Label loop = a.CreateLabel();
        Label odd = a.CreateLabel();
        Label join = a.CreateLabel();
        a.mov(__qword_ptr[rdi], rdi);
        a.mov(__qword_ptr[rdi + 8], rdi);
        a.mov(rsi, rdi);
        a.mov(rbx, rdi);
        a.mov(ecx, 60);
        a.Label(ref loop);
        a.mov(rsi, __qword_ptr[rsi]);
        a.test(cl, 1);
        a.jne(odd);
        a.mov(rbx, __qword_ptr[rbx + 8]);
        a.jmp(join);
        a.Label(ref odd);
        a.mov(rbx, __qword_ptr[rsi]);
        a.Label(ref join);
        a.mov(rax, __qword_ptr[rbx]);
        a.dec(ecx);
        a.jne(loop);
        a.syscall();
    }

    [Fact]
    public void RepeatedMove_IsOneInstructionAndReportsChunksWithinLines()
    {
        using TestGuest guest = new(a =>
        {
            a.lea(rsi, __[rdi + 40]);
            a.add(rdi, 0x1000);
            a.mov(ecx, 50);
            a.rep.movsb();
            a.syscall();
        });
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost);

        VcpuExit exit = guest.Vcpu.Run(1000);

        ulong data = guest.DataStart;
        guest.Records.Where(r => r.Kind != MemoryEventKind.Fetch).ShouldBe(
        [
            new TestRecord(data + 40, 24, MemoryEventKind.Load, 3),
            new TestRecord(data + 0x1000, 24, MemoryEventKind.Store, 3),
            new TestRecord(data + 64, 26, MemoryEventKind.Load, 3),
            new TestRecord(data + 0x1018, 26, MemoryEventKind.Store, 3),
        ]);
        exit.Instructions.ShouldBe(5u);
        exit.Units.ShouldBe(5 + (2 * 3u));
    }

    [Fact]
    public void Gather_ReportsOneRecordPerActiveElement()
    {
        using TestGuest guest = new(a =>
        {
            a.vpcmpeqd(ymm2, ymm2, ymm2);
            a.vpsrldq(ymm2, ymm2, 8);
            a.vpxor(xmm1, xmm1, xmm1);
            a.vpgatherdd(ymm0, __ymmword_ptr[rdi + (ymm1 * 4) + 16], ymm2);
            a.bts(__dword_ptr[rdi], esi);
            a.syscall();
        });
        guest.Vcpu.Registers.Rsi = 70;
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost);

        VcpuExit exit = guest.Vcpu.Run(1000);

        exit.Reason.ShouldBe(ExitReason.SystemCall);
        guest.Records.Count(r => r.Kind == MemoryEventKind.Load
            && r.Address == guest.DataStart + 16 && r.Size == 4).ShouldBe(4);
        guest.Records.ShouldContain(r => r.Kind == MemoryEventKind.Modify
            && r.Address == guest.DataStart + 8);
        guest.Data[8].ShouldBe((byte)0x40);
        exit.Units.ShouldBe(6 + (5 * 3u));
    }

    [Theory]
    [InlineData(64, 0)]
    [InlineData(16, 0)]
    [InlineData(16, 7)]
    public void Filtered_LeavesAnL1InTheSameStateAsFull(int sets, int window)
    {
        TranslatorOptions options = new() { VcpuCount = 1, Window = new AddressWindow(window) };
        using TestGuest full = new(Random, options);
        using TestGuest filtered = new(Random, options with { DataFilterGroups = sets });
        full.Engine.SetEvents(MemoryEventLevel.Full, s_cost);
        filtered.Engine.SetEvents(MemoryEventLevel.Filtered, s_cost);
        VcpuExit expected = full.Vcpu.Run(200_000);
        VcpuExit actual = filtered.Vcpu.Run(200_000);

        actual.ShouldBe(expected);
        SmallCache all = SmallCache.Apply(full, sets);
        SmallCache some = SmallCache.Apply(filtered, sets);
        filtered.Records.Count.ShouldBeLessThan(full.Records.Count / 2);
        some.Misses.ShouldBe(all.Misses);
        some.State.ShouldBe(all.State);
        SuppressedHits hidden = filtered.Suppressed;
        Count(filtered, MemoryEventKind.Load).ShouldBe(
            Count(full, MemoryEventKind.Load) - hidden.Loads);
        Count(filtered, MemoryEventKind.Store).ShouldBe(
            Count(full, MemoryEventKind.Store) - hidden.Stores);
        Count(filtered, MemoryEventKind.Modify).ShouldBe(
            Count(full, MemoryEventKind.Modify) - hidden.Modifies);
        Count(filtered, MemoryEventKind.Atomic).ShouldBe(
            Count(full, MemoryEventKind.Atomic) - hidden.Atomics);
    }

    /// <summary>Whatever is reported in between, the guest does the same, and a level reports what it would
    /// have reported without the others.</summary>
    [Fact]
    public void Switching_ShowsInRecordsAlone()
    {
        CoreCost cost = new(Ratio.One, 0);
        MemoryEventLevel[] levels =
        [
            MemoryEventLevel.Off, MemoryEventLevel.Filtered, MemoryEventLevel.Full, MemoryEventLevel.Off,
            MemoryEventLevel.Full,
        ];
        using TestGuest plain = new(Random);
        using TestGuest switched = new(Random);
        plain.Engine.SetEvents(MemoryEventLevel.Full, cost);
        for (int i = 0; i < 60; i++)
        {
            MemoryEventLevel level = levels[i % levels.Length];
            switched.Engine.SwitchEvents(level, cost);
            plain.ForgetRecords();
            switched.ForgetRecords();
            switched.Vcpu.Run(777).ShouldBe(plain.Vcpu.Run(777));
            if (level == MemoryEventLevel.Full)
            {
                Accesses(switched).ShouldBe(Accesses(plain));
            }
            else if (level == MemoryEventLevel.Off)
            {
                switched.Records.ShouldBeEmpty();
            }
        }

        switched.Data.SequenceEqual(plain.Data).ShouldBeTrue();
        (switched.Vcpu.Registers.Rip - switched.CodeStart)
            .ShouldBe(plain.Vcpu.Registers.Rip - plain.CodeStart);
    }

    /// <summary>What ran in full moved lines that the filter took for the latest of their sets.</summary>
    [Fact]
    public void ComingBackToFiltered_LeavesOutSureHitsAlone()
    {
        const int Sets = 16;
        CoreCost cost = new(Ratio.One, 0);
        TranslatorOptions options = new() { VcpuCount = 1, DataFilterGroups = Sets };
        using TestGuest full = new(Random, options);
        using TestGuest switched = new(Random, options);
        full.Engine.SetEvents(MemoryEventLevel.Full, cost);
        for (int i = 0; i < 100; i++)
        {
            switched.Engine.SwitchEvents(
                i % 2 == 0 ? MemoryEventLevel.Filtered : MemoryEventLevel.Full, cost);
            switched.Vcpu.Run(1_000).ShouldBe(full.Vcpu.Run(1_000));
        }

        SmallCache all = SmallCache.Apply(full, Sets);
        SmallCache some = SmallCache.Apply(switched, Sets);
        switched.Records.Count.ShouldBeLessThan(full.Records.Count * 4 / 5);
        some.Misses.ShouldBe(all.Misses);
        some.State.ShouldBe(all.State);
    }

    [Fact]
    public void ChangedCode_IsSeenAtEveryLevel()
    {
        CoreCost cost = new(Ratio.One, 0);
        MemoryEventLevel[] levels = [MemoryEventLevel.Full, MemoryEventLevel.Off, MemoryEventLevel.Filtered];
        using TestGuest guest = new(a => Sets(a, 1));
        foreach (int value in (int[])[1, 2, 3])
        {
            guest.Write(0, a => Sets(a, value));
            guest.TellCodeChanged();
            foreach (MemoryEventLevel level in levels)
            {
                guest.Engine.SwitchEvents(level, cost);
                guest.Vcpu.Registers.Rip = guest.CodeStart;
                guest.Vcpu.Run(100).Reason.ShouldBe(ExitReason.SystemCall);
                guest.Vcpu.Registers.Rax.ShouldBe((ulong)value);
            }
        }

        static void Sets(Assembler a, int value)
        {
            a.mov(eax, value);
            a.syscall();
        }
    }

    private static IEnumerable<(ulong, byte, MemoryEventKind, uint)> Accesses(TestGuest guest) =>
        guest.Records.Where(r => r.Kind != MemoryEventKind.Fetch)
            .Select(r => (r.Address - guest.DataStart, r.Size, r.Kind, r.Offset));

    private static ulong Count(TestGuest guest, MemoryEventKind kind) =>
        (ulong)guest.Records.Count(r => r.Kind == kind);

    /// <summary>Endless: accesses at places from a linear congruence, mostly near, some far, some
    /// across lines.</summary>
    private static void Random(Assembler a)
    {
        Label top = a.CreateLabel();
        Label near = a.CreateLabel();
        a.Label(ref top);
        a.imul(rax, rax, 1103515245);
        a.add(rax, 12345);
        a.mov(rbx, rax);
        a.shr(rbx, 13);
        a.test(ebx, 3);
        a.jnz(near);
        a.and(ebx, 0x3FFF);
        a.mov(rdx, __qword_ptr[rdi + rbx]);
        a.mov(__qword_ptr[rdi + rbx + 0x2001], rdx);
        a.rep.stosb();
        a.Label(ref near);
        a.and(ebx, 0xFF);
        a.adc(__dword_ptr[rdi + rbx], eax);
        a.mov(r15, __qword_ptr[rdi + (rbx * 2)]);
        a.@lock.xadd(__dword_ptr[rdi + 0x40], r15d);
        a.mov(__byte_ptr[rdi + rbx], bl);
        a.push(rbx);
        a.pop(rdx);
        a.jmp(top);
    }
}
