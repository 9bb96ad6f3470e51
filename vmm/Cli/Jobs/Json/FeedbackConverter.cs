namespace Dilaton.Cli;

internal sealed class FeedbackConverter : TextConverter<Feedback>
{
    protected override bool TryParse(string text, out Feedback value, out string? why) =>
        Feedback.TryParse(text, out value, out why);

    protected override string Format(Feedback value) => value.ToString();
}
