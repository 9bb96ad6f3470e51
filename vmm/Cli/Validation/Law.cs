namespace Dilaton.Cli;

/// <summary>A law of docs/validation.md, and how it is measured on this host.</summary>
/// <param name="Formula">What it says, in a line.</param>
/// <param name="Source">Of the formula.</param>
/// <param name="Measure">Each check as soon as it is done.</param>
internal sealed record Law(
    int Number,
    string Title,
    string Formula,
    string Source,
    Func<LawBench, IEnumerable<LawCheck>> Measure)
{
    /// <summary>The closed form that the checks compare with, with its symbols.</summary>
    public required string ClosedForm { get; init; }

    /// <summary>Where the errors that are allowed come from.</summary>
    public required string Allowance { get; init; }
}
