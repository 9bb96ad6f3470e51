using System.ComponentModel;

namespace Dilaton.Cli;

[Description("The accuracy card of `dilaton validate --json`, and validation.json of its -o.")]
internal sealed record ValidationDocument
{
    public const string Version = "dilaton-validation/v1";

    [Description("Version of this schema: dilaton-validation/v1.")]
    public required string Schema { get; init; }

    [Description("Version of dilaton.")]
    public required string Dilaton { get; init; }

    [Description("What it was built from.")]
    public required string Commit { get; init; }

    [Description("The engine that ran the guests: translator or kvm.")]
    public required string Engine { get; init; }

    [Description("How its time advances: executed or dilated.")]
    public required string Time { get; init; }

    [Description("Processor and system. In executed time no figure depends on it.")]
    public required string Host { get; init; }

    [Description("Less of each law was measured (--quick).")]
    public required bool Quick { get; init; }

    [Description("The exit code as a word: ok, check-failed or environment.")]
    public required string Status { get; init; }

    [Description("0: what was measured holds; 3: a check fails; 6: a law that was asked for could not be "
        + "measured, since the host lacks something.")]
    public required int ExitCode { get; init; }

    [Description("Checks that hold.")]
    public required int Passed { get; init; }

    [Description("Checks that fail.")]
    public required int Failed { get; init; }

    [Description("Checks that were not measured.")]
    public required int Skipped { get; init; }

    [Description("In the order of their numbers.")]
    public required IReadOnlyList<LawDocument> Laws { get; init; }
}
