using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>Records that name their producers are decoded path by path where a profile wants their places, and
/// in one loop where nobody does: the two tell the same.</summary>
[Collection(nameof(TranslatorEngine))]
public class ProducerLoopTests
{
    private const int Nodes = 32;
    private const int NodeBytes = 0x1040;
    private const int Turns = 400;
    private static readonly CoreCost s_cost = new(new Ratio(1, 4), 0) { TracksProducers = true };

    [Theory]
    [InlineData(128, 1_000_000u, false)]
    [InlineData(128, 1_000_000u, true)]
    [InlineData(128, 37u, false)]
    [InlineData(128, 37u, true)]
    [InlineData(3, 1_000_000u, false)]
    [InlineData(1, 500u, true)]
    public void FastLoop_TellsWhatTheSlowOneTells(int most, uint slice, bool branches)
    {
        CountingProfile profile = new();
        Told slow = Run(most, slice, branches, profile);
        Told fast = Run(most, slice, branches, null);

        profile.Paths.ShouldBeGreaterThan(Turns);
        slow.Records.Count.ShouldBeGreaterThan(8 * Turns);
        slow.Records.Count(r => r.Distance > 0).ShouldBeGreaterThan(3 * Turns);
        slow.Records.Select(r => r.Distance).Distinct().Count().ShouldBeGreaterThan(5);
        fast.Records.ShouldBe(slow.Records);
        fast.Branches.ShouldBe(slow.Branches);
        fast.Suppressed.ShouldBe(slow.Suppressed);
        (fast.Branches.Count > 0).ShouldBe(branches);
    }

    private static Told Run(int most, uint slice, bool branches, ICodeProfile? profile)
    {
        using TestGuest guest = new(
            Program, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = most, Profile = profile });
        Told told = new() { Code = guest.CodeStart, Data = guest.DataStart };
        guest.Look = told.Take;
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost with { RecordsBranches = branches });
        ExitReason reason;
        do
        {
            reason = guest.Vcpu.Run(slice).Reason;
            told.Slice++;
        }
        while (reason == ExitReason.BudgetExhausted);

        reason.ShouldBe(ExitReason.SystemCall);
        told.Suppressed = guest.Suppressed;
        return told;
    }

    /// <summary>A walk along a ring of pointers, with what a value comes from copied, computed, replaced and put
    /// on the stack, accesses over pages and by 32 bits of address, hints, and instructions that the engine
    /// does itself.</summary>
    private static void Program(Assembler a)
    {
        MakeRing(a);
        Label loop = a.CreateLabel();
        Label even = a.CreateLabel();
        Label join = a.CreateLabel();
        Label skip = a.CreateLabel();
        a.mov(r13d, Turns);
        a.mov(rsi, r12);
        a.Label(ref loop);
        a.mov(rsi, __qword_ptr[rsi]);
        a.mov(rax, __qword_ptr[rsi + 8]);
        a.lea(rbx, __[rax * 8]);
        a.mov(rdx, __qword_ptr[r12 + rbx + 16]);
        a.test(al, 1);
        a.je(even);
        a.push(rsi);
        a.pop(r9);
        a.mov(r8, rsi);
        a.mov(r10, __qword_ptr[r8]);
        a.add(__qword_ptr[r12 + 64], rax);
        a.jmp(join);
        a.Label(ref even);
        a.mov(r9, r12);
        a.xor(eax, eax);
        a.mov(r10, __qword_ptr[r9 + rax + 0x1FFC]);
        a.@lock.inc(__dword_ptr[rsi + 24]);
        a.xchg(rsi, r9);
        a.xchg(rsi, r9);
        a.Label(ref join);
        a.mov(r11, __qword_ptr[r9 + 8]);
        a.mov(edx, __dword_ptr[esi]);
        a.prefetcht0(__byte_ptr[r9 + 64]);
        a.test(r13d, 15);
        a.jne(skip);
        a.lea(rdi, __[r12 + 0x40000]);
        a.mov(ecx, 100);
        a.rep.stosb();
        a.mov(rcx, __qword_ptr[rdi]);
        a.Label(ref skip);
        a.dec(r13d);
        a.jne(loop);
        a.syscall();
    }

    /// <summary>Each node holds the address of another and its own number.</summary>
    private static void MakeRing(Assembler a)
    {
        Label node = a.CreateLabel();
        a.mov(r12, rdi);
        a.xor(ecx, ecx);
        a.Label(ref node);
        a.imul(eax, ecx, 5);
        a.add(eax, 3);
        a.and(eax, Nodes - 1);
        a.imul(eax, eax, NodeBytes);
        a.lea(rdx, __[r12 + rax]);
        a.imul(eax, ecx, NodeBytes);
        a.mov(__qword_ptr[r12 + rax], rdx);
        a.mov(__qword_ptr[r12 + rax + 8], rcx);
        a.inc(ecx);
        a.cmp(ecx, Nodes);
        a.jne(node);
    }

    /// <summary>What a run told, by addresses from the starts of code and data.</summary>
    private sealed class Told
    {
        public required ulong Code { get; init; }

        public required ulong Data { get; init; }

        public int Slice { get; set; }

        public SuppressedHits Suppressed { get; set; }

        public List<(int Slice, MemoryEventKind Kind, ulong Address, byte Size, uint Offset, uint Distance)> Records
        { get; } = [];

        public List<(int Slice, ulong Address, uint Offset, uint Distance, bool IsTaken)> Branches { get; } = [];

        public void Take(in MemoryEventBlock block)
        {
            block.Distances.Length.ShouldBe(block.Count);
            for (int i = 0; i < block.Count; i++)
            {
                ulong from = block.Kinds[i] == MemoryEventKind.Fetch ? Code : Data;
                Records.Add((Slice, block.Kinds[i], block.Addresses[i] - from, block.Sizes[i],
                    block.Offsets[i], block.Distances[i]));
            }

            foreach (BranchEvent branch in block.Branches)
            {
                Branches.Add((Slice, branch.Address - Code, branch.OffsetUnits, branch.Distance, branch.IsTaken));
            }
        }
    }

    /// <summary>Wants all places, and counts paths.</summary>
    private sealed class CountingProfile : ICodeProfile
    {
        public int Paths { get; private set; }

        public int PlaceOf(IGuestAddressSpace space, ulong rip) => 1;

        public void Ran(VcpuId vcpu, ReadOnlySpan<PlaceCost> instructions) => Paths++;

        public void Spent(int place, uint units)
        {
        }
    }
}
