namespace Dilaton.Cli;

/// <summary>A level's hardware prefetcher.</summary>
internal enum PrefetcherChoice
{
    None,
    NextLine,
    Stride,
    Stream,
}
