namespace Dilaton.Cli;

/// <summary>What a part of a condition amounts to: a number with its dimension, a text, or a truth.
/// </summary>
internal readonly record struct WhereValue
{
    private WhereValue(ExactNumber? number, Dimension dimension, string? text, bool? truth)
    {
        Number = number;
        Dimension = dimension;
        Text = text;
        Truth = truth;
    }

    public ExactNumber? Number { get; }

    public Dimension Dimension { get; }

    public string? Text { get; }

    public bool? Truth { get; }

    public string Kind => Number is not null ? Dimension.ToString()
        : Text is not null ? "a text" : "a truth value";

    public static WhereValue Of(ExactNumber number, Dimension dimension) =>
        new(number, dimension, null, null);

    public static WhereValue Of(string text) => new(null, default, text, null);

    public static WhereValue Of(bool truth) => new(null, default, null, truth);

    /// <summary>A value of a swept path: a number if it looks like one.</summary>
    public static WhereValue OfSwept(string text) => UnitNumber.TryParse(text, out UnitNumber number)
        ? Of(number.Value, number.Dimension)
        : Of(text);
}
