namespace Dilaton.Cli;

/// <summary>Collects every mistake, so that all are shown at once.</summary>
internal sealed class DiagnosticBag
{
    /// <summary>More than this help nobody; the rest is counted.</summary>
    private const int ShownMax = 50;

    private readonly List<Diagnostic> _items = [];
    private readonly List<string> _quoted = [];

    public IReadOnlyList<Diagnostic> Items => _items;

    public bool HasErrors { get; private set; }

    public void Error(DiagnosticCode code, JobNode at, string message, string help = "") =>
        Add(new Diagnostic(code, true, message, at.Source, at.Mark, at.Length, help));

    public void Error(DiagnosticCode code, string message, string help = "") =>
        Add(new Diagnostic(code, true, message, null, SourceMark.Start, 1, help));

    public void Warning(DiagnosticCode code, string message, string help = "") =>
        Add(new Diagnostic(code, false, message, null, SourceMark.Start, 1, help));

    /// <summary>Shows lines of another program below all messages.</summary>
    public void Quote(IEnumerable<string> lines) => _quoted.AddRange(lines);

    public void Add(Diagnostic diagnostic)
    {
        _items.Add(diagnostic);
        HasErrors |= diagnostic.IsError;
    }

    /// <summary>All messages in the order of their place in each source.</summary>
    public string Print()
    {
        List<string> sources = [];
        foreach (Diagnostic item in _items)
        {
            string name = item.Source?.Name ?? "";
            if (!sources.Contains(name))
            {
                sources.Add(name);
            }
        }

        IEnumerable<Diagnostic> ordered = _items
            .OrderBy(d => sources.IndexOf(d.Source?.Name ?? ""))
            .ThenBy(d => d.Mark.Line)
            .ThenBy(d => d.Mark.Column);
        string text = string.Concat(ordered.Take(ShownMax).Select(DiagnosticPrinter.Print));
        string more = _items.Count > ShownMax ? $"and {_items.Count - ShownMax} more\n" : "";
        return text + more + string.Concat(_quoted.Select(line => $"  {line}\n"));
    }
}
