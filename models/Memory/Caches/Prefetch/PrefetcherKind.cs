namespace Dilaton.Models.Memory;

/// <summary>How a hardware prefetcher guesses. See docs/models.md, "Prefetchers".</summary>
public enum PrefetcherKind
{
    /// <summary>The lines that follow.</summary>
    NextLine,

    /// <summary>What lies as far again as the last accesses to the page lay apart.</summary>
    Stride,

    /// <summary>It runs ahead of accesses to a page that go in one direction.</summary>
    Stream,
}
