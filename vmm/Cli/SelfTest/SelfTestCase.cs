namespace Dilaton.Cli;

/// <summary>Something that must hold on every host, small enough to be tried in a second or so.</summary>
/// <param name="Name">AREA.WHAT, in lower case: what --filter looks at.</param>
/// <param name="What">What holds if it is ok, for --list.</param>
/// <param name="NeedsQuietHost">Its bounds are on host time: tried with --timing only.</param>
internal sealed record SelfTestCase(
    string Name, string What, Func<LawBench, SelfTestOutcome> Try, bool NeedsQuietHost = false);
