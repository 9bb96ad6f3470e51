using Dilaton.Core;

namespace Dilaton.Models.Memory;

/// <summary>Where the entries of a node's page table lie: four levels of 8-byte entries, each level in
/// a range of its own behind all memory, as if virtual pages were in the order of their frames.
/// </summary>
internal static class PageTableAddress
{
    public const int Levels = 4;

    private const ulong Base = 1UL << 50;
    private const int LevelShift = 44;
    private const int IndexBits = 9;

    /// <param name="level">0 is the page's own entry, 3 the root's.</param>
    /// <param name="page">Address of the page.</param>
    public static ulong Of(int level, ulong page) =>
        Base + ((ulong)level << LevelShift) + (Span(level, page) * sizeof(ulong));

    /// <summary>What one entry of the level stands for, as a number.</summary>
    public static ulong Span(int level, ulong page) =>
        page >> (GuestPage.Shift + (level * IndexBits));
}
