namespace Dilaton.Cli;

/// <summary>A law of docs/validation.md, and how it is measured on this host.</summary>
/// <param name="Measure">Each check as soon as it is done.</param>
internal sealed record Law(
    int Number,
    string Title,
    string Formula,
    string Source,
    Func<LawBench, IEnumerable<LawCheck>> Measure);
