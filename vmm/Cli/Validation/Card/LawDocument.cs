using System.ComponentModel;

namespace Dilaton.Cli;

[Description("A law with its checks.")]
internal sealed record LawDocument
{
    [Description("Number, as of --law and docs/validation.md.")]
    public required int Law { get; init; }

    [Description("In a word or two.")]
    public required string Title { get; init; }

    [Description("What it says, in a line.")]
    public required string Formula { get; init; }

    [Description("Where it comes from.")]
    public required string Source { get; init; }

    [Description("The closed form that its checks compare with.")]
    public required string ClosedForm { get; init; }

    [Description("Where the tolerances of its checks come from.")]
    public required string Allowance { get; init; }

    [Description("FAIL if a check fails, pass if one holds and none fails, else skipped.")]
    public required string Verdict { get; init; }

    [Description("In the order in which they were measured.")]
    public required IReadOnlyList<CheckDocument> Checks { get; init; }
}
