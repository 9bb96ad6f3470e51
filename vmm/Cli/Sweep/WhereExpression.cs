namespace Dilaton.Cli;

/// <summary>A condition on the points of a sweep, over the swept paths:
/// <code>
/// either  = both { or both }          both    = not { and not }
/// not     = not not | compare         compare = sum [ (== != &lt; &lt;= &gt; &gt;=) sum ]
/// sum     = product { (+ -) product } product = unit { (* /) unit }
/// unit    = number[unit] | 'text' | path | true | false | ( either ) | - unit
/// </code>
/// Numbers are exact; units must agree. It is evaluated as it is read, once per point.</summary>
internal sealed class WhereExpression
{
    private const int DepthMax = 100;

    private readonly IReadOnlyList<WhereToken> _tokens;
    private readonly Func<string, string?> _valueOf;
    private int _next;
    private int _depth;

    private WhereExpression(IReadOnlyList<WhereToken> tokens, Func<string, string?> valueOf)
    {
        _tokens = tokens;
        _valueOf = valueOf;
    }

    /// <param name="tokens">Of <see cref="WhereLexer"/>.</param>
    /// <param name="valueOf">The value of a swept path at the point, or null: it is none.</param>
    /// <exception cref="WhereException">It makes no sense.</exception>
    public static bool Holds(IReadOnlyList<WhereToken> tokens, Func<string, string?> valueOf)
    {
        WhereExpression expression = new(tokens, valueOf);
        WhereValue value = expression.Either();
        WhereToken left = expression.Peek;
        return left.Kind != 'e'
            ? throw new WhereException($"'{left.Text}' is not expected here", left.Offset)
            : Truth(value, tokens[0]);
    }

    private WhereToken Peek => _tokens[_next];

    private bool Take(params ReadOnlySpan<string> words)
    {
        bool isHere = Peek.Kind is 'o' or 'p' && words.Contains(Peek.Text);
        _next += isHere ? 1 : 0;
        return isHere;
    }

    private WhereValue Either()
    {
        WhereToken begin = Peek;
        WhereValue value = Both();
        while (Take("or", "||"))
        {
            WhereToken right = Peek;
            bool both = Truth(Both(), right);
            value = WhereValue.Of(Truth(value, begin) | both);
        }

        return value;
    }

    private WhereValue Both()
    {
        WhereToken begin = Peek;
        WhereValue value = Not();
        while (Take("and", "&&"))
        {
            WhereToken right = Peek;
            bool not = Truth(Not(), right);
            value = WhereValue.Of(Truth(value, begin) & not);
        }

        return value;
    }

    private WhereValue Not()
    {
        if (!Take("not"))
        {
            return Compare();
        }

        Deeper();
        WhereToken at = Peek;
        WhereValue value = WhereValue.Of(!Truth(Not(), at));
        _depth--;
        return value;
    }

    private WhereValue Compare()
    {
        WhereValue left = Sum();
        WhereToken op = Peek;
        if (!Take("==", "!=", "<", "<=", ">", ">="))
        {
            return left;
        }

        WhereValue right = Sum();
        bool sameKind = (left.Number is null) == (right.Number is null)
            && (left.Text is null) == (right.Text is null);
        if (!sameKind || left.Dimension != right.Dimension)
        {
            throw new WhereException(
                $"{left.Kind} can't be compared with {right.Kind}", op.Offset);
        }

        if (left.Number is null && op.Text is not ("==" or "!="))
        {
            throw new WhereException($"{left.Kind} is neither more nor less than another", op.Offset);
        }

        int order = left.Number is { } number ? number.CompareTo(right.Number!.Value)
            : left == right ? 0 : 1;
        return WhereValue.Of(op.Text switch
        {
            "==" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        });
    }

    private WhereValue Sum()
    {
        WhereValue value = Product();
        for (WhereToken op = Peek; Take("+", "-"); op = Peek)
        {
            WhereValue right = Product();
            (ExactNumber a, ExactNumber b) = Numbers(value, right, op);
            if (value.Dimension != right.Dimension)
            {
                throw new WhereException(
                    $"{value.Kind} and {right.Kind} can't be added", op.Offset);
            }

            value = WhereValue.Of(op.Text == "+" ? a + b : a - b, value.Dimension);
        }

        return value;
    }

    private WhereValue Product()
    {
        WhereValue value = Unit();
        for (WhereToken op = Peek; Take("*", "/"); op = Peek)
        {
            WhereValue right = Unit();
            (ExactNumber a, ExactNumber b) = Numbers(value, right, op);
            if (op.Text == "/" && b.Numerator.IsZero)
            {
                throw new WhereException("division by zero", op.Offset);
            }

            value = op.Text == "*"
                ? WhereValue.Of(a * b, value.Dimension + right.Dimension)
                : WhereValue.Of(a / b, value.Dimension - right.Dimension);
        }

        return value;
    }

    private WhereValue Unit()
    {
        WhereToken token = Peek;
        _next += token.Kind == 'e' ? 0 : 1;
        switch (token)
        {
            case { Kind: 'n' }:
                return UnitNumber.TryParse(token.Text, out UnitNumber number)
                    ? WhereValue.Of(number.Value, number.Dimension)
                    : throw new WhereException($"'{token.Text}' is not a number with a unit", token.Offset);
            case { Kind: 't' }:
                return WhereValue.OfSwept(token.Text);
            case { Kind: 'p' }:
                return Named(token);
            case { Text: "(" }:
                Deeper();
                WhereValue inner = Either();
                _depth--;
                return Take(")") ? inner : throw new WhereException("')' is missing", Peek.Offset);
            case { Text: "-" }:
                Deeper();
                WhereValue value = Unit();
                _depth--;
                return WhereValue.Of(
                    -1 * Numbers(value, value, token).Left, value.Dimension);
            case { Kind: 'e' }:
                throw new WhereException("the condition breaks off here", token.Offset);
            default:
                throw new WhereException($"'{token.Text}' is not expected here", token.Offset);
        }
    }

    private WhereValue Named(WhereToken token)
    {
        if (_valueOf(SweepPath.Full(token.Text)) is { } swept)
        {
            return WhereValue.OfSwept(swept);
        }

        return token.Text is "true" or "false"
            ? WhereValue.Of(token.Text == "true")
            : throw new WhereException(
                $"'{token.Text}' is not a swept path", token.Offset, "a text stands in quotes");
    }

    private void Deeper()
    {
        if (++_depth > DepthMax)
        {
            throw new WhereException($"nested deeper than {DepthMax} levels", Peek.Offset);
        }
    }

    private static (ExactNumber Left, ExactNumber Right) Numbers(
        WhereValue left, WhereValue right, WhereToken op) =>
        left.Number is { } a && right.Number is { } b
            ? (a, b)
            : throw new WhereException(
                $"'{op.Text}' needs numbers, and there is "
                    + (left.Number is null ? left.Kind : right.Kind),
                op.Offset);

    private static bool Truth(WhereValue value, WhereToken at) => value.Truth
        ?? (value.Text is "true" or "false"
            ? value.Text == "true"
            : throw new WhereException(
                $"a condition is expected here, and there is {value.Kind}", at.Offset));
}
