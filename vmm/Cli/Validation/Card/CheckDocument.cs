using System.ComponentModel;

namespace Dilaton.Cli;

[Description("One line of the card. Without figures it was not measured, and has a reason.")]
internal sealed record CheckDocument
{
    [Description("What was measured.")]
    public required string What { get; init; }

    [Description("pass, FAIL or skipped.")]
    public required string Verdict { get; init; }

    [Description("Of all figures of the check.")]
    public string? Unit { get; init; }

    [Description("What was measured.")]
    public double? Measured { get; init; }

    [Description("What the law says.")]
    public double? Expected { get; init; }

    [Description("Measured - expected.")]
    public double? Error { get; init; }

    [Description("The largest error that is allowed, either way; 0: exactly.")]
    public double? Tolerance { get; init; }

    [Description("Why it was skipped or could not be measured.")]
    public string? Reason { get; init; }
}
