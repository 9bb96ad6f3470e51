namespace Dilaton.Cli;

/// <summary>A case and what it found.</summary>
internal sealed record SelfTestResult(SelfTestCase Case, SelfTestOutcome Outcome);
