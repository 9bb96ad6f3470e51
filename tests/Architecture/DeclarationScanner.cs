using System.Text.RegularExpressions;

namespace Dilaton.Tests.Architecture;

/// <summary>Finds types and member bodies by their braces. No parser: it knows the layout that this
/// repository's formatting enforces, and errs towards reporting.</summary>
internal static partial class DeclarationScanner
{
    public static IReadOnlyList<Declaration> Scan(string code)
    {
        var found = new List<Declaration>();
        var open = new Stack<(DeclarationKind? Kind, string Name, int FirstLine, int Types)>();
        int head = 0, parens = 0, types = 0;
        for (int i = 0; i < code.Length; i++)
        {
            switch (code[i])
            {
                case '(' or '[':
                    parens++;
                    break;
                case ')' or ']':
                    parens--;
                    break;
                case ';' when parens == 0:
                    Bodiless(code, head, i, open, types, found);
                    head = i + 1;
                    break;
                case '{':
                    (DeclarationKind? kind, string name) = Classify(code[head..i], open);
                    open.Push((kind, name, LineOf(code, FirstCode(code, head)), types));
                    types += kind == DeclarationKind.Type ? 1 : 0;
                    head = parens == 0 ? i + 1 : head;
                    break;
                case '}' when open.Count > 0:
                    var (what, whatName, first, outer) = open.Pop();
                    types = outer;
                    if (what is { } k)
                    {
                        found.Add(new Declaration(k, whatName, outer, first, LineOf(code, i)));
                    }

                    head = parens == 0 ? i + 1 : head;
                    break;
            }
        }

        return found;
    }

    // A record without a body, or a member whose body is an expression.
    private static void Bodiless(
        string code, int head, int end, Stack<(DeclarationKind? Kind, string, int, int)> open,
        int types, List<Declaration> found)
    {
        string text = code[head..end];
        bool inFunction = open.Any(o => o.Kind == DeclarationKind.Function);
        int first = LineOf(code, FirstCode(code, head));
        if (!inFunction && TypeHead().Match(text) is { Success: true } type)
        {
            found.Add(new Declaration(
                DeclarationKind.Type, type.Groups["name"].Value, types, first, LineOf(code, end)));
        }
        else if (open.Count > 0 && open.Peek().Kind == DeclarationKind.Type && text.Contains("=>"))
        {
            found.Add(new Declaration(
                DeclarationKind.Function, OneLine(text), types, first, LineOf(code, end)));
        }
    }

    private static (DeclarationKind?, string) Classify(
        string head, Stack<(DeclarationKind? Kind, string, int, int)> open)
    {
        if (open.Any(o => o.Kind == DeclarationKind.Function))
        {
            return (null, "");
        }

        if (TypeHead().Match(head) is { Success: true } type)
        {
            return (DeclarationKind.Type, type.Groups["name"].Value);
        }

        bool inType = open.Count > 0 && open.Peek().Kind == DeclarationKind.Type;
        bool isData = Assignment().IsMatch(WithoutParentheses(head)) && !head.Contains("operator");
        return inType && !isData && head.Trim().Length > 0
            ? (DeclarationKind.Function, OneLine(head))
            : (null, "");
    }

    private static string WithoutParentheses(string text)
    {
        int depth = 0;
        return new string([.. text.Where(c =>
        {
            depth -= c is ')' ? 1 : 0;
            bool keep = depth == 0 && c is not ')';
            depth += c is '(' ? 1 : 0;
            return keep;
        })]);
    }

    private static int FirstCode(string code, int from)
    {
        while (from < code.Length - 1 && char.IsWhiteSpace(code[from]))
        {
            from++;
        }

        return from;
    }

    private static int LineOf(string code, int offset) => code.AsSpan(0, offset).Count('\n') + 1;

    private static string OneLine(string text)
    {
        string line = string.Join(
            ' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length > 100 ? line[..100] : line;
    }

    [GeneratedRegex(@"(?:^|[\s\]])(?:class|struct|interface|enum|record(?:\s+(?:class|struct))?)"
        + @"\s+(?<name>[A-Za-z_]\w*)(?!\s*=)")]
    private static partial Regex TypeHead();

    [GeneratedRegex(@"(?<![=!<>+\-*/|&^%])=(?![=>])")]
    private static partial Regex Assignment();
}
