namespace Dilaton.Cli;

/// <summary>One line of the accuracy card.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Unit">Of measured, expected and error.</param>
/// <param name="Error">Measured - expected.</param>
/// <param name="Tolerance">Largest error that is allowed, either way.</param>
/// <param name="Reason">Why it was skipped or could not be measured; empty otherwise.</param>
/// <param name="LacksTool">It was skipped because the host lacks a program.</param>
internal sealed record LawCheck(
    string What,
    string Unit,
    double Measured,
    double Expected,
    double Tolerance,
    CheckVerdict Verdict,
    string Reason = "",
    bool LacksTool = false)
{
    public double Error => Measured - Expected;

    public bool IsMeasured => Reason.Length == 0;

    public static LawCheck Exact(string what, string unit, double measured, double expected) =>
        Within(what, unit, measured, expected, 0);

    /// <param name="share">Of the expected value.</param>
    public static LawCheck Near(
        string what, string unit, double measured, double expected, double share) =>
        Within(what, unit, measured, expected, Math.Abs(expected) * share);

    public static LawCheck Within(
        string what, string unit, double measured, double expected, double tolerance) => new(
            what, unit, measured, expected, tolerance,
            Math.Abs(measured - expected) <= tolerance ? CheckVerdict.Pass : CheckVerdict.Fail);

    public static LawCheck Skip(string what, string reason, bool lacksTool = false) =>
        new(what, "", 0, 0, 0, CheckVerdict.Skipped, reason, lacksTool);

    /// <summary>Something that should have worked did not.</summary>
    public static LawCheck Broken(string what, string reason) =>
        new(what, "", 0, 0, 0, CheckVerdict.Fail, reason);
}
