using System.Globalization;

namespace Dilaton.Cli;

/// <summary>What one case found.</summary>
/// <param name="Text">The figure that was found, what was wrong, or why it was skipped; one line.</param>
internal readonly record struct SelfTestOutcome(SelfTestVerdict Verdict, string Text)
{
    public static SelfTestOutcome Ok(FormattableString figure) => new(SelfTestVerdict.Ok, Line(figure));

    public static SelfTestOutcome NotOk(FormattableString why) => new(SelfTestVerdict.NotOk, Line(why));

    public static SelfTestOutcome Skip(FormattableString reason) =>
        new(SelfTestVerdict.Skipped, Line(reason));

    /// <summary>The figure is told whether it is good or bad.</summary>
    public static SelfTestOutcome Check(bool isGood, FormattableString figure) =>
        isGood ? Ok(figure) : NotOk(figure);

    private static string Line(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture).ReplaceLineEndings(" ").Trim();
}
