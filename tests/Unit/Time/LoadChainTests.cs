using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Which miss a miss or a branch waits for, against the same rule done in the plainest way: all loads are
/// followed, with their places in the tables found by division, and what comes of it must be in the window.</summary>
public class LoadChainTests
{
    private const int Places = 2048;

    [Theory]
    [InlineData(1u, 64u, 2048u, 3)]
    [InlineData(4u, 64u, 224u, 3)]
    [InlineData(3u, 64u, 64u, 20)]
    [InlineData(1000u, 128u, 32u, 20)]
    [InlineData(1u, 64u, 1u, 3)]
    public void Producers_AreThoseOfTheRule(
        ulong unitsPerInstruction, ulong lineBytes, ulong windowInstructions, int oneMissesOf)
    {
        Random random = new((int)(unitsPerInstruction + lineBytes));
        ulong window = windowInstructions * unitsPerInstruction;
        LoadChain chain = new(unitsPerInstruction, lineBytes, window);
        Rule rule = new(unitsPerInstruction, lineBytes, window);
        ulong start = 10_000 * unitsPerInstruction;
        int named = 0;
        int waiting = 0;
        for (int slice = 0; slice < 60; slice++)
        {
            Slice made = Slice.Any(random, (uint)unitsPerInstruction, lineBytes, oneMissesOf);
            MemoryEventBlock block = new()
            {
                Vcpu = new VcpuId(0),
                Addresses = made.Addresses,
                Sizes = made.Sizes,
                Kinds = made.Kinds,
                Offsets = made.Offsets,
                Distances = made.Distances,
                Suppressed = default,
            };
            BranchMiss[] branches = made.Branches();
            chain.Take(block, start, made.Misses, 0, branches);
            (ulong[] expected, ulong[] ofBranches) = rule.Take(made, start);

            chain.Producers[..made.Misses.Length].ToArray().ShouldBe(expected, $"slice {slice}");
            branches.Select(b => b.Producer).ShouldBe(ofBranches, $"slice {slice}");
            named += expected.Count(p => p != IssueMiss.None);
            waiting += ofBranches.Count(p => p is not (0 or IssueMiss.None));
            start += made.Offsets[^1] + unitsPerInstruction;
        }

        (Math.Min(named, waiting) > 20).ShouldBe(windowInstructions > 1);
    }

    private sealed record Slice(
        ulong[] Addresses, byte[] Sizes, MemoryEventKind[] Kinds, uint[] Offsets, uint[] Distances, CacheMiss[] Misses)
    {
        /// <summary>Loads and stores in few lines, some of which miss; most addresses come from a load a few
        /// instructions before.</summary>
        public static Slice Any(Random random, uint units, ulong lineBytes, int oneMissesOf)
        {
            const int Count = 300;
            Slice slice = new(new ulong[Count], new byte[Count], new MemoryEventKind[Count], new uint[Count],
                new uint[Count], []);
            List<CacheMiss> misses = [];
            for (int i = 0; i < Count; i++)
            {
                slice.Addresses[i] = ((ulong)random.Next(5000) * lineBytes) + (ulong)random.Next((int)lineBytes - 8);
                slice.Sizes[i] = 8;
                slice.Kinds[i] = random.Next(4) == 0 ? MemoryEventKind.Store
                    : random.Next(6) == 0 ? MemoryEventKind.Atomic : MemoryEventKind.Load;
                slice.Offsets[i] = (uint)i * 2 * units;
                slice.Distances[i] = random.Next(3) == 0 ? 0 : (uint)random.Next(1, 9) * 2 * units;
                if (random.Next(oneMissesOf) == 0)
                {
                    misses.Add(new CacheMiss(
                        slice.Addresses[i] & ~(lineBytes - 1), slice.Offsets[i], 40, slice.Kinds[i], true));
                }
            }

            return slice with { Misses = [.. misses] };
        }

        /// <summary>Behind some records; from the record's own producer, or from the record.</summary>
        public BranchMiss[] Branches() =>
        [
            .. Enumerable.Range(0, Offsets.Length).Where(i => i % 5 == 0).Select(i => new BranchMiss
            {
                OffsetUnits = Offsets[i] + (Offsets[1] / 2),
                Distance = i % 4 == 0 ? 0 : Distances[i] + (Offsets[1] / 2),
            }),
        ];
    }

    /// <summary>Each record is of an instruction of its own.</summary>
    private sealed class Rule(ulong unitsPerInstruction, ulong lineBytes, ulong window)
    {
        private readonly (ulong Name, ulong Miss)?[] _loads = new (ulong, ulong)?[Places];
        private readonly (ulong Line, ulong Name)?[] _lines = new (ulong, ulong)?[Places];

        public (ulong[] OfMisses, ulong[] OfBranches) Take(Slice slice, ulong start)
        {
            Dictionary<uint, BranchMiss> branchAt = slice.Branches().ToDictionary(b => b.OffsetUnits);
            List<ulong> ofBranches = [];
            Dictionary<uint, int> missAt = [];
            for (int m = 0; m < slice.Misses.Length; m++)
            {
                missAt.Add(slice.Misses[m].OffsetUnits, m);
            }

            var producers = new ulong[slice.Misses.Length];
            Array.Fill(producers, IssueMiss.None);
            for (int i = 0; i < slice.Offsets.Length; i++)
            {
                ulong name = start + slice.Offsets[i];
                if (slice.Kinds[i] != MemoryEventKind.Store)
                {
                    Follow(slice, i, name, missAt, producers);
                }

                if (branchAt.TryGetValue(slice.Offsets[i] + (uint)unitsPerInstruction, out BranchMiss branch))
                {
                    ulong at = name + unitsPerInstruction;
                    ofBranches.Add(branch.Distance == 0 ? 0 : Recent(MissBehind(at - branch.Distance), at));
                }
            }

            return (producers, [.. ofBranches]);
        }

        private void Follow(Slice slice, int i, ulong name, Dictionary<uint, int> missAt, ulong[] producers)
        {
            ulong line = slice.Addresses[i] / lineBytes * lineBytes;
            ulong producer = slice.Distances[i] > 0 ? MissBehind(name - slice.Distances[i]) : IssueMiss.None;
            ulong waits = _lines[PlaceOfLine(line)] is { } held && held.Line == line ? held.Name : IssueMiss.None;
            waits = waits == IssueMiss.None ? producer
                : producer == IssueMiss.None ? waits : Math.Max(waits, producer);
            if (missAt.TryGetValue(slice.Offsets[i], out int m))
            {
                producers[m] = Recent(producer, name);
                _lines[PlaceOfLine(line)] = (line, name);
                waits = name;
            }

            _loads[Place(name)] = (name, waits);
        }

        private ulong MissBehind(ulong name) =>
            _loads[Place(name)] is { } load && load.Name == name ? load.Miss : IssueMiss.None;

        private ulong Recent(ulong miss, ulong at) =>
            miss != IssueMiss.None && miss + window > at ? miss : IssueMiss.None;

        private int Place(ulong name) => (int)(name / unitsPerInstruction % Places);

        private int PlaceOfLine(ulong line) => (int)(line / lineBytes % Places);
    }
}
