namespace Dilaton.Cli;

/// <summary>A law with its checks.</summary>
internal sealed record LawResult(Law Law, IReadOnlyList<LawCheck> Checks)
{
    /// <summary>Fails if a check does; passes if one was measured and none failed.</summary>
    public CheckVerdict Verdict =>
        Checks.Any(c => c.Verdict == CheckVerdict.Fail) ? CheckVerdict.Fail
        : Checks.Any(c => c.Verdict == CheckVerdict.Pass) ? CheckVerdict.Pass
        : CheckVerdict.Skipped;

    /// <summary>Nothing fails for a missing program; it is not measured.</summary>
    public bool LacksTool => Checks.Any(c => c.LacksTool);
}
