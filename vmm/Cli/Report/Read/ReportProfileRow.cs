namespace Dilaton.Cli;

/// <summary>A function, a line or a piece of memory of a <see cref="ReportProfile"/>.</summary>
/// <param name="Where">What else is known of it: its file, its function, its addresses.</param>
/// <param name="Values">By column of the profile.</param>
internal sealed record ReportProfileRow(string Name, string Where, IReadOnlyList<double> Values);
