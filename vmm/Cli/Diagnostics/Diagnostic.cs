namespace Dilaton.Cli;

/// <summary>One message to the operator.</summary>
/// <param name="Source">Null if it concerns no text.</param>
/// <param name="Length">Characters to underline; at least 1.</param>
/// <param name="Help">What to do instead; empty if nothing useful is known.</param>
internal sealed record Diagnostic(
    DiagnosticCode Code,
    bool IsError,
    string Message,
    SourceText? Source,
    SourceMark Mark,
    int Length,
    string Help)
{
    public string CodeText => CodeTextOf(Code);

    public static string CodeTextOf(DiagnosticCode code) => $"DL{(int)code:D4}";
}
