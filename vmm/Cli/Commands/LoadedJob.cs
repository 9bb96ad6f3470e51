namespace Dilaton.Cli;

/// <summary>A job that is ready to run.</summary>
/// <param name="Resolved">With every default and absolute path.</param>
/// <param name="NodePaths">Key path in the job as given of each of its nodes.</param>
/// <param name="GivenText">As the operator gave it.</param>
/// <param name="Changes">Options and overrides, one a line; empty if none.</param>
internal sealed record LoadedJob(
    Job Resolved, IReadOnlyList<string> NodePaths, string GivenText, string Changes);
