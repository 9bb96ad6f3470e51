using Dilaton.Core;
using Dilaton.Cosim;
using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>Which miss a miss waits for, against the same rule done in the plainest way, with the place of a load
/// in the tables found by division.</summary>
public class LoadChainTests
{
    private const int Places = 2048;

    [Theory]
    [InlineData(1u, 64u)]
    [InlineData(4u, 64u)]
    [InlineData(3u, 64u)]
    [InlineData(1000u, 128u)]
    public void Producers_AreThoseOfTheRule(ulong unitsPerInstruction, ulong lineBytes)
    {
        Random random = new((int)(unitsPerInstruction + lineBytes));
        LoadChain chain = new(unitsPerInstruction, lineBytes);
        Rule rule = new(unitsPerInstruction, lineBytes);
        ulong start = 10_000 * unitsPerInstruction;
        int named = 0;
        for (int slice = 0; slice < 60; slice++)
        {
            Slice made = Slice.Any(random, (uint)unitsPerInstruction, lineBytes);
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
            chain.Take(block, start, made.Misses, 0, []);
            ulong[] expected = rule.Take(made, start);

            chain.Producers[..made.Misses.Length].ToArray().ShouldBe(expected, $"slice {slice}");
            named += expected.Count(p => p != IssueMiss.None);
            start += made.Offsets[^1] + unitsPerInstruction;
        }

        named.ShouldBeGreaterThan(500);
    }

    private sealed record Slice(
        ulong[] Addresses, byte[] Sizes, MemoryEventKind[] Kinds, uint[] Offsets, uint[] Distances, CacheMiss[] Misses)
    {
        /// <summary>Loads and stores in few lines, a third of which miss; most addresses come from a load a few
        /// instructions before.</summary>
        public static Slice Any(Random random, uint units, ulong lineBytes)
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
                slice.Offsets[i] = (uint)i * units;
                slice.Distances[i] = random.Next(3) == 0 ? 0 : (uint)random.Next(1, 9) * units;
                if (random.Next(3) == 0)
                {
                    misses.Add(new CacheMiss(
                        slice.Addresses[i] & ~(lineBytes - 1), slice.Offsets[i], 40, slice.Kinds[i], true));
                }
            }

            return slice with { Misses = [.. misses] };
        }
    }

    /// <summary>Each record is of an instruction of its own.</summary>
    private sealed class Rule(ulong unitsPerInstruction, ulong lineBytes)
    {
        private readonly (ulong Name, ulong Miss)?[] _loads = new (ulong, ulong)?[Places];
        private readonly (ulong Line, ulong Name)?[] _lines = new (ulong, ulong)?[Places];

        public ulong[] Take(Slice slice, ulong start)
        {
            Dictionary<uint, int> missAt = [];
            for (int m = 0; m < slice.Misses.Length; m++)
            {
                missAt.Add(slice.Misses[m].OffsetUnits, m);
            }

            var producers = new ulong[slice.Misses.Length];
            Array.Fill(producers, IssueMiss.None);
            for (int i = 0; i < slice.Offsets.Length; i++)
            {
                if (slice.Kinds[i] == MemoryEventKind.Store)
                {
                    continue;
                }

                ulong name = start + slice.Offsets[i];
                ulong line = slice.Addresses[i] / lineBytes * lineBytes;
                ulong from = name - slice.Distances[i];
                ulong producer = slice.Distances[i] > 0 && _loads[Place(from)] is { } load && load.Name == from
                    ? load.Miss
                    : IssueMiss.None;
                ulong waits = _lines[PlaceOfLine(line)] is { } held && held.Line == line ? held.Name : IssueMiss.None;
                waits = waits == IssueMiss.None ? producer
                    : producer == IssueMiss.None ? waits : Math.Max(waits, producer);
                if (missAt.TryGetValue(slice.Offsets[i], out int m))
                {
                    producers[m] = producer;
                    _lines[PlaceOfLine(line)] = (line, name);
                    waits = name;
                }

                _loads[Place(name)] = (name, waits);
            }

            return producers;
        }

        private int Place(ulong name) => (int)(name / unitsPerInstruction % Places);

        private int PlaceOfLine(ulong line) => (int)(line / lineBytes % Places);
    }
}
