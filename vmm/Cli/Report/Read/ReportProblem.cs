namespace Dilaton.Cli;

/// <summary>What of a folder could not be read; the rest is shown all the same.</summary>
/// <param name="Line">0 for the file as a whole.</param>
internal sealed record ReportProblem(string File, int Line, string What)
{
    public override string ToString() => Line > 0 ? $"{File}:{Line}: {What}" : $"{File}: {What}";
}
