namespace Dilaton.Cli;

/// <summary>Ranges of a sweep: "1..100 log 8", "64KiB..4MiB:log7", "1..4 step 0.5", "1us..2us lin 5".
/// Both ends belong to it. Values are exact but those of `log`, which have four digits, or are whole
/// where the path or the unit wants that.</summary>
internal static class RangeText
{
    public const int CountMax = 1_000;

    /// <summary>Sizes are rounded to no more than a page.</summary>
    private const int GrainMax = 4096;

    private static readonly Dimension s_size = SweepUnit.Find("B")!.Dimension;

    private const string Forms = "LOW..HIGH and step S, lin N or log N, such as 1..100 log 8";

    /// <summary>Whether a text is meant for a range: it begins with a digit and holds "..".</summary>
    public static bool IsRange(string text)
    {
        ReadOnlySpan<char> trimmed = text.AsSpan().TrimStart();
        return trimmed.Length > 0 && char.IsAsciiDigit(trimmed[0])
            && trimmed.Contains("..", StringComparison.Ordinal);
    }

    /// <param name="isWhole">The path takes whole numbers only.</param>
    /// <param name="values">As a job takes them.</param>
    /// <returns>False with the reason.</returns>
    public static bool TryExpand(
        string text, bool isWhole, out IReadOnlyList<string> values, out string why)
    {
        values = [];
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        string rest = text[(dots + 2)..];
        int word = IndexOfWord(rest);
        if (word < 0)
        {
            why = $"the range '{text}' does not say its steps (expected {Forms})";
            return false;
        }

        string kind = rest.Substring(word, rest[word..].StartsWith("step", StringComparison.Ordinal) ? 4 : 3);
        string steps = rest[(word + kind.Length)..].Trim();
        if (!UnitNumber.TryParse(text[..dots], out UnitNumber low)
            || !UnitNumber.TryParse(rest[..word].TrimEnd(' ', ':'), out UnitNumber high))
        {
            why = $"'{text}' is not a range (expected {Forms})";
            return false;
        }

        low = low with { Unit = low.Unit ?? high.Unit };
        high = high with { Unit = high.Unit ?? low.Unit };
        why = low.Dimension != high.Dimension
            ? $"'{text}' goes from {low.Dimension} to {high.Dimension}"
            : low.Value >= high.Value ? $"'{text}' does not go up: the low end comes first" : "";
        if (why.Length > 0)
        {
            return false;
        }

        // Counted in the low end's unit from here on.
        ExactNumber last = high.Value / (low.Unit?.Scale ?? 1);
        return kind == "step"
            ? TryStep(text, low, last, steps, out values, out why)
            : TryCount(text, low, last, kind, steps, isWhole, out values, out why);
    }

    private static int IndexOfWord(string rest)
    {
        foreach (string word in new[] { "step", "lin", "log" })
        {
            int at = rest.IndexOf(word, StringComparison.Ordinal);
            if (at > 0 && rest[at - 1] is ' ' or ':')
            {
                return at;
            }
        }

        return -1;
    }

    private static bool TryStep(
        string text, UnitNumber low, ExactNumber last, string steps,
        out IReadOnlyList<string> values, out string why)
    {
        values = [];
        if (!UnitNumber.TryParse(steps, out UnitNumber step) || step.Count <= 0
            || (step.Unit is not null && step.Dimension != low.Dimension))
        {
            why = $"the step '{steps}' of '{text}' is not {Positive(low.Dimension)}";
            return false;
        }

        ExactNumber by = step.Unit is null ? step.Count : step.Value / low.Unit!.Scale;
        if ((last - low.Count) / by >= CountMax)
        {
            why = $"'{text}' has more than {CountMax} values";
            return false;
        }

        List<ExactNumber> numbers = [];
        for (ExactNumber at = low.Count; at <= last; at += by)
        {
            numbers.Add(at);
        }

        return TryFormat(text, low.Unit, numbers, out values, out why);
    }

    private static bool TryCount(
        string text, UnitNumber low, ExactNumber last, string kind, string steps, bool isWhole,
        out IReadOnlyList<string> values, out string why)
    {
        values = [];
        if (!int.TryParse(
                steps, System.Globalization.NumberStyles.None,
                System.Globalization.CultureInfo.InvariantCulture, out int count)
            || count is < 2 or > CountMax)
        {
            why = $"'{steps}' values of '{text}' can't be made (expected a whole number from 2 to {CountMax})";
            return false;
        }

        if (kind == "log" && low.Count <= 0)
        {
            why = $"'{text}' is logarithmic and begins at zero";
            return false;
        }

        ExactNumber? grain = kind == "log" ? GrainOf(low, last, isWhole) : null;
        ExactNumber[] numbers = new ExactNumber[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = i == 0 ? low.Count
                : i == count - 1 ? last
                : kind == "lin" ? low.Count + ((last - low.Count) * new ExactNumber(i, count - 1))
                : Logarithmic(low.Count, last, i, count - 1, grain);
        }

        // Small whole numbers are few: those that fall together are one.
        return TryFormat(text, low.Unit, grain is null ? numbers : [.. numbers.Distinct()], out values, out why);
    }

    /// <summary>What the values of `log` are whole multiples of: 1 where the path takes whole numbers;
    /// of sizes the largest power of two, up to a page, that both ends are multiples of.</summary>
    /// <returns>In the unit of the low end; null: they have four digits.</returns>
    private static ExactNumber? GrainOf(UnitNumber low, ExactNumber last, bool isWhole)
    {
        if (low.Unit is null)
        {
            return isWhole && low.Count.Denominator.IsOne && last.Denominator.IsOne ? 1 : null;
        }

        if (low.Dimension != s_size)
        {
            return null;
        }

        for (int grain = GrainMax; grain >= 1; grain /= 2)
        {
            ExactNumber own = new ExactNumber(grain, 1) / low.Unit.Scale;
            if ((low.Count / own).Denominator.IsOne && (last / own).Denominator.IsOne)
            {
                return own;
            }
        }

        return null;
    }

    /// <summary>The number of four digits, or the multiple of the grain, nearest to
    /// low x (high / low)^(i / n), decided exactly: the same on every host.</summary>
    internal static ExactNumber Logarithmic(
        ExactNumber low, ExactNumber high, int i, int n, ExactNumber? grain = null)
    {
        double guess = low.ToDouble() * Math.Exp(Math.Log((high / low).ToDouble()) * i / n);
        int exponent = (int)Math.Floor(Math.Log10(guess)) - 3;
        ExactNumber ten = 10;
        ExactNumber digit = grain ?? (exponent < 0 ? 1 / ten.Power(-exponent) : ten.Power(exponent));
        long mantissa = (long)Math.Round(guess / digit.ToDouble());
        ExactNumber wanted = low.Power(n - i) * high.Power(i);
        while ((new ExactNumber((2 * mantissa) - 1, 2) * digit).Power(n) > wanted)
        {
            mantissa--;
        }

        while ((new ExactNumber((2 * mantissa) + 1, 2) * digit).Power(n) <= wanted)
        {
            mantissa++;
        }

        return mantissa * digit;
    }

    private static bool TryFormat(
        string text, SweepUnit? unit, IReadOnlyList<ExactNumber> numbers,
        out IReadOnlyList<string> values, out string why)
    {
        List<string> made = [];
        values = made;
        foreach (ExactNumber number in numbers)
        {
            string? value = unit is null ? number.ToString() : unit.Format(number);
            if (value is null)
            {
                why = $"'{text}' has the value {number.Numerator}/{number.Denominator}{unit!.Name}, "
                    + "which no decimal is; choose steps that come out even";
                return false;
            }

            if (made.Contains(value))
            {
                why = $"'{text}' has the value {value} twice: fewer values, or a wider range";
                return false;
            }

            made.Add(value);
        }

        why = "";
        return true;
    }

    private static string Positive(Dimension dimension) =>
        dimension == Dimension.None ? "a number above zero" : $"{dimension} above zero";
}
