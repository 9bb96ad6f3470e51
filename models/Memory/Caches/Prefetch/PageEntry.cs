namespace Dilaton.Models.Memory;

/// <summary>What a prefetcher remembers of a page.</summary>
internal struct PageEntry
{
    public ulong Page;

    /// <summary>The line wanted last.</summary>
    public ulong Last;

    /// <summary>Stride: lines between the last two, or 0. Stream: 1 or -1, or 0.</summary>
    public long Step;

    /// <summary>Stride: how often, about, the step was right.</summary>
    public int Confidence;

    /// <summary>Stream: the furthest line asked for.</summary>
    public ulong Ahead;

    /// <summary>When it was used last; 0: never.</summary>
    public ulong Stamp;
}
