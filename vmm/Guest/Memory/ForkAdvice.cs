namespace Dilaton.Guest;

/// <summary>What a child gets of an area, by madvise.</summary>
internal enum ForkAdvice
{
    Copy,

    /// <summary>MADV_DONTFORK: nothing, the range is free.</summary>
    Omit,

    /// <summary>MADV_WIPEONFORK: zeroes.</summary>
    Wipe,
}
