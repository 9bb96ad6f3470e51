using Dilaton.Core;
using Dilaton.Models.Memory;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>What a decoder leaves out as sure L1 hits changes nothing in the caches.</summary>
[Collection(nameof(TranslatorEngine))]
public class SureHitTests
{
    private const int Turns = 4000;
    private static readonly CoreCost s_cost = new(Ratio.One, 3);

    [Theory]
    [InlineData(64, 32 << 10, 1 << 10)]
    [InlineData(64, 32 << 10, 256 << 10)]
    [InlineData(16, 4 << 10, 64 << 10)]
    [InlineData(2, 1 << 10, 16 << 10)]
    public void LeavingOut_ChangesNeitherMissesNorCountsNorBlocks(int groups, int sizeBytes, int reachBytes)
    {
        Seen full = Run(groups, sizeBytes, reachBytes, leavesOut: false);
        Seen unsure = Run(groups, sizeBytes, reachBytes, leavesOut: true);

        unsure.Made.ShouldBeLessThan(full.Made * 9 / 10);
        (unsure.Made + (int)unsure.Left).ShouldBe(full.Made);
        unsure.Blocks.ShouldBe(full.Blocks);
        unsure.Exit.Units.ShouldBe(full.Exit.Units);
        unsure.Suppressed.ShouldBe(full.Suppressed);
        unsure.Statistics.ShouldBe(full.Statistics);
        unsure.Misses.ShouldBe(full.Misses);
        full.Misses.Count.ShouldBeGreaterThan(10);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void NewPages_NameTheFirstRecordOfEveryPage(bool leavesOut)
    {
        Seen seen = Run(64, 32 << 10, 256 << 10, leavesOut);

        seen.FirstOfPages.ShouldBeSubsetOf(seen.NewPages);
        seen.NewPages.Count.ShouldBeLessThan(seen.Made / 10);
    }

    [Fact]
    public void Hierarchy_HasSureHitsOnlyWhereNothingElseMovesLines()
    {
        HierarchyOptions server = MemoryPresets.Server.Caches;
        HasSureHits(server).ShouldBeTrue();
        HasSureHits(server with { Inclusion = InclusionPolicy.Inclusive }).ShouldBeFalse();
        HasSureHits(server with { L1D = server.L1D with { Replacement = ReplacementPolicy.TreePlru } })
            .ShouldBeFalse();
        HasSureHits(server with { L1D = server.L1D with { SizeBytes = 512, Ways = 8 } }).ShouldBeFalse();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void Filter_RecordsEveryAccessThatCrossesALine(int groups)
    {
        using TestGuest guest = new(
            a =>
            {
                Label loop = a.CreateLabel();
                a.mov(ecx, 20);
                a.Label(ref loop);
                a.mov(rax, __qword_ptr[rdi + 60]);
                a.dec(ecx);
                a.jne(loop);
                a.syscall();
            },
            new TranslatorOptions { VcpuCount = 1, DataFilterGroups = groups });
        guest.Engine.SetEvents(MemoryEventLevel.Filtered, s_cost);

        guest.Vcpu.Run(1_000_000).Reason.ShouldBe(ExitReason.SystemCall);

        guest.Records.Count(r => r.Kind == MemoryEventKind.Load).ShouldBe(20);
        guest.Suppressed.Loads.ShouldBe(0ul);
    }

    private static bool HasSureHits(HierarchyOptions options) => Caches(options).HasSureHits;

    private static CacheHierarchy Caches(HierarchyOptions options) =>
        new("memory", options, [new Frequency(1_000_000_000)]);

    private static Seen Run(int groups, int sizeBytes, int reachBytes, bool leavesOut)
    {
        HierarchyOptions server = MemoryPresets.Server.Caches;
        CacheHierarchy caches = Caches(server with
        {
            L1D = server.L1D with { SizeBytes = (ulong)sizeBytes, Ways = sizeBytes / 64 / groups },
        });
        caches.FilterGroups.ShouldBe(groups);
        using TestGuest guest = new(
            a => Program(a, reachBytes), new TranslatorOptions { VcpuCount = 1, DataFilterGroups = groups });
        Seen seen = new() { Caches = caches, Start = guest.CodeStart };
        guest.Look = seen.Take;
        guest.Engine.SetEvents(MemoryEventLevel.Full, s_cost with { LeavesOutSureHits = leavesOut });
        seen.Exit = guest.Vcpu.Run(1_000_000);
        seen.Exit.Reason.ShouldBe(ExitReason.SystemCall);
        StatisticsList list = new();
        caches.Collect(list);
        seen.Statistics = [.. list.Items.Select(i => i.ToString()!)];
        return seen;
    }

    /// <summary>Accesses of all kinds, near each other and far, over lines and pages; the engine does some of
    /// the instructions itself.</summary>
    private static void Program(Assembler a, int reachBytes)
    {
        Label loop = a.CreateLabel();
        Label skip = a.CreateLabel();
        a.mov(r12, rdi);
        a.mov(ebx, 12345);
        a.mov(r13d, Turns);
        a.Label(ref loop);
        a.imul(ebx, ebx, 1103515245);
        a.add(ebx, 12345);
        a.mov(eax, ebx);
        a.shr(eax, 8);
        a.and(eax, reachBytes - 1);
        a.lea(rsi, __[r12 + rax]);
        a.mov(rdx, __qword_ptr[rsi]);
        a.mov(__qword_ptr[rsi], rdx);
        a.mov(rdx, __qword_ptr[rsi + 24]);
        a.add(__dword_ptr[rsi + 4], edx);
        a.mov(rcx, __qword_ptr[r12 + 8]);
        a.push(rcx);
        a.pop(rcx);
        a.test(ebx, 0x40000);
        a.jne(skip);
        a.@lock.inc(__dword_ptr[rsi + 60]);
        a.mov(__byte_ptr[r12 + 4095], cl);
        a.mov(__dword_ptr[r12 + 4094], ecx);
        a.mov(edx, __dword_ptr[esi]);
        a.prefetcht0(__byte_ptr[rsi + 64]);
        a.Label(ref skip);
        a.test(ebx, 0x3F00000);
        a.mov(rdx, __qword_ptr[rsi + 16]);
        Label next = a.CreateLabel();
        a.jne(next);
        a.clflush(__byte_ptr[rsi]);
        a.mov(rdi, rsi);
        a.mov(ecx, 100);
        a.rep.stosb();
        a.Label(ref next);
        a.dec(r13d);
        a.jne(loop);
        a.syscall();
    }

    /// <summary>What came of a run.</summary>
    private sealed class Seen
    {
        private readonly HashSet<ulong> _pages = [];
        private readonly MissBuffer _misses = new();

        public required CacheHierarchy Caches { get; init; }

        /// <summary>Addresses are told from here, since guests differ in where they are.</summary>
        public required ulong Start { get; init; }

        public int Made { get; private set; }

        public ulong Left { get; private set; }

        public List<int> Blocks { get; } = [];

        public SuppressedHits Suppressed { get; private set; }

        public List<(ulong, uint, uint, MemoryEventKind, bool)> Misses { get; } = [];

        public List<int> FirstOfPages { get; } = [];

        public List<int> NewPages { get; } = [];

        public string[] Statistics { get; set; } = [];

        public VcpuExit Exit { get; set; }

        public void Take(in MemoryEventBlock block)
        {
            block.TellsNewPages.ShouldBeTrue();
            foreach (int i in block.NewPages)
            {
                NewPages.Add(Made + i);
            }

            for (int i = 0; i < block.Count; i++)
            {
                if (_pages.Add(block.Addresses[i] >> 12))
                {
                    FirstOfPages.Add(Made + i);
                }
            }

            Made += block.Count;
            Left += block.SureHits.Sum;
            Blocks.Add(block.Count + (int)block.SureHits.Sum);
            Suppressed += block.Suppressed;
            _misses.Clear();
            Caches.Access(block, _misses);
            foreach (CacheMiss miss in _misses.Misses)
            {
                Misses.Add((miss.Line - Start, miss.OffsetUnits, miss.Cycles, miss.Kind, miss.BehindCut));
            }
        }
    }
}
