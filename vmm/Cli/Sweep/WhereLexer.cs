namespace Dilaton.Cli;

/// <summary>Cuts a condition of a sweep into its words.</summary>
internal static class WhereLexer
{
    private static readonly string[] s_operators =
        ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "(", ")", "+", "-", "*", "/"];

    /// <exception cref="WhereException">A character that belongs nowhere.</exception>
    public static List<WhereToken> Read(string text)
    {
        List<WhereToken> tokens = [];
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            WhereToken token = c is '\'' or '"' ? Quoted(text, at)
                : char.IsAsciiDigit(c) ? Number(text, at)
                : char.IsAsciiLetter(c) || c == '_' ? Path(text, at)
                : Operator(text, at);
            tokens.Add(token);
            at += token.Text.Length + (token.Kind == 't' ? 2 : 0);
        }

        tokens.Add(new WhereToken('e', "", text.Length));
        return tokens;
    }

    private static WhereToken Quoted(string text, int at)
    {
        int end = text.IndexOf(text[at], at + 1);
        return end < 0
            ? throw new WhereException("the quote has no end", at)
            : new WhereToken('t', text[(at + 1)..end], at);
    }

    private static WhereToken Number(string text, int at)
    {
        int end = at;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == '.'))
        {
            end++;
        }

        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == 'µ'))
        {
            end++;
        }

        // A rate's unit, such as MB/s.
        bool isRate = end + 1 < text.Length && text[end] == '/' && text[end + 1] == 's'
            && UnitNumber.TryParse(text[at..(end + 2)], out UnitNumber rate) && rate.Unit is not null;
        return new WhereToken('n', text[at..(isRate ? end + 2 : end)], at);
    }

    private static WhereToken Path(string text, int at)
    {
        int end = at;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || "_.[]".Contains(
            text[end], StringComparison.Ordinal)))
        {
            end++;
        }

        return new WhereToken('p', text[at..end], at);
    }

    private static WhereToken Operator(string text, int at)
    {
        foreach (string known in s_operators)
        {
            if (text.AsSpan(at).StartsWith(known, StringComparison.Ordinal))
            {
                return new WhereToken('o', known, at);
            }
        }

        throw new WhereException(
            $"'{text[at]}' means nothing here", at, text[at] == '=' ? "write == to compare" : "");
    }
}
