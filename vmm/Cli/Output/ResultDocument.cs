using System.ComponentModel;

namespace Dilaton.Cli;

[Description("What became of a run: result.json, written last. Everything outside 'host' is the "
    + "same for the same job, seed and inputs, unless the run was cut off from outside.")]
internal sealed record ResultDocument
{
    public const string Version = "dilaton-result/v1";

    [Description("Version of this schema: dilaton-result/v1.")]
    public required string Schema { get; init; }

    [Description("Name of the job.")]
    public required string Name { get; init; }

    [Description("The exit code as a word: ok, guest-failed, usage, check-failed, limit-reached, "
        + "worker-failed, environment, bug, interrupted, terminated.")]
    public required string Status { get; init; }

    [Description("Exit code of dilaton: the highest of the nodes'.")]
    public required int ExitCode { get; init; }

    [Description("Why the run ended, in words; with several nodes, why the first of the worst did.")]
    public required string Reason { get; init; }

    [Description("True if every file is whole; false after a worker died: then its node's statistics "
        + "are as last streamed.")]
    public required bool Complete { get; init; }

    [Description("Seed of every random stream.")]
    public required long Seed { get; init; }

    [Description("True if an operator changed what a job does while it ran (dilaton ctl set-tdf), or "
        + "such a run was played back: then control.log belongs to the job.")]
    public required bool Interactive { get; init; }

    [Description("One per node.")]
    public required IReadOnlyList<NodeResultDocument> Nodes { get; init; }

    [Description("What the numbers depend on that the job did not state.")]
    public required IReadOnlyList<string> Warnings { get; init; }

    [Description("Which results are exact.")]
    public required IReadOnlyList<string> Exact { get; init; }

    [Description("Which results are estimates, and of what.")]
    public required IReadOnlyList<string> Estimates { get; init; }

    [Description("Values that depend on the host; nothing else does.")]
    public required HostDocument Host { get; init; }
}
