namespace Dilaton.Cli;

/// <param name="At">Where it was written.</param>
internal sealed record SweepCondition(JobScalar At, IReadOnlyList<WhereToken> Tokens)
{
    /// <summary>Reports at the character that the exception means.</summary>
    public static void Report(DiagnosticBag bag, JobScalar at, WhereException e)
    {
        int column = at.Mark.Column + (at.IsQuoted ? 1 : 0) + e.Offset;
        bag.Add(new Diagnostic(
            DiagnosticCode.SweepCondition, true, $"sweep.where: {e.Message}", at.Source,
            at.Mark with { Column = column }, 1, e.Help));
    }
}
