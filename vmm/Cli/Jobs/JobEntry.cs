namespace Dilaton.Cli;

/// <summary>A key with its value.</summary>
internal sealed record JobEntry(JobScalar Key, JobNode Value);
