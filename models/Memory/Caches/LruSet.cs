using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dilaton.Models.Memory;

/// <summary>A set as a run of entries, most recently used first. All ways are compared, and all
/// are moved, at once: the place of a hit is as good as random, and a mispredicted branch costs
/// more than the rest together.</summary>
internal static class LruSet
{
    private const int Lanes = 4;

    /// <summary>The way whose entry is <paramref name="wanted"/> under the mask, or -1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(ReadOnlySpan<ulong> set, ulong wanted, ulong mask)
    {
        Vector256<ulong> wide = Vector256.Create(wanted);
        Vector256<ulong> wideMask = Vector256.Create(mask);
        if (set.Length == 2 * Lanes)
        {
            return Place(Eight(set, wide, wideMask));
        }

        if (set.Length == 4 * Lanes)
        {
            uint behind = Eight(set[(2 * Lanes)..], wide, wideMask) << (2 * Lanes);
            return Place(Eight(set, wide, wideMask) | behind);
        }

        return FindInMany(set, wide, wideMask);
    }

    /// <summary><see cref="Find"/>, and <see cref="Promote"/> if it is there, with the set read once.
    /// </summary>
    /// <param name="needed">States of which it must have all.</param>
    /// <param name="added">States that it gets.</param>
    /// <returns>Its way, -1 if it is not there, or -2 if it has not what is needed; then nothing
    /// changes.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Use(Span<ulong> set, ulong wanted, ulong mask, ulong needed, ulong added)
    {
        if (set.Length != 2 * Lanes)
        {
            return UseInMany(set, wanted, mask, needed, added);
        }

        Vector256<ulong> near = Vector256.Create((ReadOnlySpan<ulong>)set);
        Vector256<ulong> far = Vector256.Create((ReadOnlySpan<ulong>)set[Lanes..]);
        Vector256<ulong> wide = Vector256.Create(wanted);
        Vector256<ulong> wideMask = Vector256.Create(mask);
        uint found = Vector256.Equals(near & wideMask, wide).ExtractMostSignificantBits()
            | (Vector256.Equals(far & wideMask, wide).ExtractMostSignificantBits() << Lanes);
        if (found == 0)
        {
            return -1;
        }

        int way = BitOperations.TrailingZeroCount(found);
        ulong entry = set[way];
        if ((entry & needed) != needed)
        {
            return -2;
        }

        Moved(near, Vector256.Create(entry | added), way).CopyTo(set);
        Moved(far, near, way - Lanes).CopyTo(set[Lanes..]);
        return way;
    }

    private static int UseInMany(Span<ulong> set, ulong wanted, ulong mask, ulong needed, ulong added)
    {
        int way = Find(set, wanted, mask);
        if (way < 0)
        {
            return -1;
        }

        if ((set[way] & needed) != needed)
        {
            return -2;
        }

        Promote(set, way, set[way] | added);
        return way;
    }

    /// <summary>Puts the entry first; those before the way move back by one, onto it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Promote(Span<ulong> set, int way, ulong entry)
    {
        if (set.Length == 2 * Lanes)
        {
            Vector256<ulong> before = Move(set, Vector256.Create(entry), way);
            Move(set[Lanes..], before, way - Lanes);
            return;
        }

        if (set.Length == 4 * Lanes)
        {
            Vector256<ulong> before = Move(set, Vector256.Create(entry), way);
            before = Move(set[Lanes..], before, way - Lanes);
            before = Move(set[(2 * Lanes)..], before, way - (2 * Lanes));
            Move(set[(3 * Lanes)..], before, way - (3 * Lanes));
            return;
        }

        PromoteInMany(set, way, entry);
    }

    private static int Place(uint found) =>
        found == 0 ? -1 : BitOperations.TrailingZeroCount(found);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Eight(
        ReadOnlySpan<ulong> set, Vector256<ulong> wanted, Vector256<ulong> mask) =>
        Matches(set, wanted, mask) | (Matches(set[Lanes..], wanted, mask) << Lanes);

    private static int FindInMany(
        ReadOnlySpan<ulong> set, Vector256<ulong> wanted, Vector256<ulong> mask)
    {
        ulong found = 0;
        int i = 0;
        for (; i + Lanes <= set.Length; i += Lanes)
        {
            found |= (ulong)Matches(set[i..], wanted, mask) << i;
        }

        for (; i < set.Length; i++)
        {
            found |= (set[i] & mask[0]) == wanted[0] ? 1UL << i : 0;
        }

        return found == 0 ? -1 : BitOperations.TrailingZeroCount(found);
    }

    private static void PromoteInMany(Span<ulong> set, int way, ulong entry)
    {
        Vector256<ulong> before = Vector256.Create(entry);
        int i = 0;
        for (; i + Lanes <= set.Length; i += Lanes)
        {
            before = Move(set[i..], before, way - i);
        }

        ulong last = before[Lanes - 1];
        for (; i <= way && i < set.Length; i++)
        {
            (set[i], last) = (last, set[i]);
        }
    }

    /// <summary>One bit for each of the first four entries that is the wanted one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Matches(
        ReadOnlySpan<ulong> entries, Vector256<ulong> wanted, Vector256<ulong> mask) =>
        Vector256.Equals(Vector256.Create(entries) & mask, wanted).ExtractMostSignificantBits();

    /// <summary>Moves the first four entries back by one as far as the way, the last one of
    /// <paramref name="before"/> taking the first place.</summary>
    /// <returns>The four as they were.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Move(Span<ulong> entries, Vector256<ulong> before, int way)
    {
        Vector256<ulong> now = Vector256.Create((ReadOnlySpan<ulong>)entries);
        Moved(now, before, way).CopyTo(entries);
        return now;
    }

    /// <returns>Four entries after <see cref="Move"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Moved(Vector256<ulong> now, Vector256<ulong> before, int way)
    {
        Vector256<ulong> moved = Vector256.ConditionalSelect(
            Vector256.Create(ulong.MaxValue, 0, 0, 0),
            Vector256.Shuffle(before, Vector256.Create(3UL, 3, 3, 3)),
            Vector256.Shuffle(now, Vector256.Create(0UL, 0, 1, 2)));
        Vector256<ulong> stay = Vector256.GreaterThan(
            Vector256.Create(0L, 1, 2, 3), Vector256.Create((long)way)).AsUInt64();
        return Vector256.ConditionalSelect(stay, now, moved);
    }
}
