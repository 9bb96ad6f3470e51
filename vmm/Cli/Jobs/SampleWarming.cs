namespace Dilaton.Cli;

/// <summary>How caches come to be warm in a window of events.level: sampled.</summary>
internal enum SampleWarming
{
    /// <summary>They see all that is between windows.</summary>
    Functional,

    /// <summary>They see what is in windows and their warm-ups alone.</summary>
    Detailed,
}
