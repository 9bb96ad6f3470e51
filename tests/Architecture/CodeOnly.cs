namespace Dilaton.Tests.Architecture;

/// <summary>Blanks comments, strings and characters of C# text, so that patterns see code alone.
/// Holes of interpolated strings stay, since they are code.</summary>
internal sealed class CodeOnly
{
    private readonly string _text;
    private readonly char[] _out;
    private int _at;

    private CodeOnly(string text)
    {
        _text = text;
        _out = new char[text.Length];
    }

    public static string Of(string text)
    {
        var scan = new CodeOnly(text);
        while (scan._at < text.Length)
        {
            scan.Step();
        }

        return new string(scan._out);
    }

    private char Next(int ahead = 0) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private void Keep() => _out[_at] = _text[_at++];

    private void Blank(int count = 1)
    {
        for (int i = 0; i < count && _at < _text.Length; i++, _at++)
        {
            _out[_at] = _text[_at] == '\n' ? '\n' : ' ';
        }
    }

    private void Step()
    {
        char c = Next();
        if (c == '/' && Next(1) == '/')
        {
            BlankThrough("\n");
        }
        else if (c == '/' && Next(1) == '*')
        {
            Blank(2);
            BlankThrough("*/");
        }
        else if (c == '\'')
        {
            Escaped('\'');
        }
        else if (c is '"' or '$' or '@'
            && StringHead(out int dollars, out bool verbatim, out int quotes))
        {
            Literal(dollars, verbatim, quotes);
        }
        else
        {
            Keep();
        }
    }

    private void BlankThrough(string end)
    {
        int stop = _text.IndexOf(end, _at, StringComparison.Ordinal);
        Blank((stop < 0 ? _text.Length : stop + end.Length) - _at);
    }

    private void Escaped(char quote)
    {
        Blank();
        while (_at < _text.Length && Next() != quote)
        {
            Blank(Next() == '\\' ? 2 : 1);
        }

        Blank();
    }

    private bool StringHead(out int dollars, out bool verbatim, out int quotes)
    {
        int ahead = 0;
        dollars = 0;
        verbatim = false;
        for (; Next(ahead) is '$' or '@'; ahead++)
        {
            dollars += Next(ahead) == '$' ? 1 : 0;
            verbatim |= Next(ahead) == '@';
        }

        quotes = 0;
        while (Next(ahead + quotes) == '"')
        {
            quotes++;
        }

        return quotes > 0;
    }

    private void Literal(int dollars, bool verbatim, int quotes)
    {
        while (Next() is '$' or '@')
        {
            Blank();
        }

        int fence = quotes >= 3 && !verbatim ? quotes : 1;
        if (fence == 1 && quotes == 2)
        {
            Blank(2);
            return;
        }

        Blank(fence);
        while (_at < _text.Length)
        {
            if (AtFence(fence, verbatim))
            {
                Blank(fence);
                return;
            }

            if (dollars > 0 && Next() == '{' && !EscapedBrace(dollars, fence))
            {
                Hole(fence > 1 ? dollars : 1);
            }
            else if (fence == 1 && !verbatim && Next() == '\\')
            {
                Blank(2);
            }
            else if (fence == 1 && (verbatim && Next() == '"' || dollars > 0 && Next() == '{'))
            {
                Blank(2);
            }
            else
            {
                Blank();
            }
        }
    }

    private bool AtFence(int fence, bool verbatim)
    {
        for (int i = 0; i < fence; i++)
        {
            if (Next(i) != '"')
            {
                return false;
            }
        }

        return fence > 1 || !verbatim || Next(1) != '"';
    }

    private bool EscapedBrace(int dollars, int fence)
    {
        if (fence == 1)
        {
            return Next(1) == '{';
        }

        for (int i = 0; i < dollars; i++)
        {
            if (Next(i) != '{')
            {
                return true;
            }
        }

        return false;
    }

    private void Hole(int braces)
    {
        Blank(braces);
        int depth = 0;
        while (_at < _text.Length && !(depth == 0 && Next() == '}'))
        {
            depth += Next() switch { '(' or '[' or '{' => 1, ')' or ']' or '}' => -1, _ => 0 };
            if (depth == 0 && Next() == ':')
            {
                BlankFormat();
                break;
            }

            Step();
        }

        Blank(braces);
    }

    private void BlankFormat()
    {
        while (_at < _text.Length && Next() != '}')
        {
            Blank();
        }
    }
}
