using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Dilaton.Cli;

/// <summary>Reads YAML (and so JSON) into marked nodes. Whatever the text, mistakes become
/// diagnostics with a place: never an exception.</summary>
internal sealed class YamlReader
{
    private const int CharactersMax = 4 << 20;
    private const int NodesMax = 200_000;
    private const int DepthMax = 32;

    private readonly SourceText _source;
    private readonly SourceText _shown;
    private readonly DiagnosticBag _bag;
    private readonly Dictionary<string, (JobNode Node, int Size)> _anchors = [];

    /// <summary>Lines after the first of flow collections and of scalars of several lines: there a
    /// tab is no indentation.</summary>
    private readonly HashSet<int> _tabsAllowed = [];

    private Parser _parser = null!;
    private SourceMark _last = SourceMark.Start;
    private int _nodeCount;
    private bool _stopped;

    private YamlReader(SourceText source, SourceText shown, DiagnosticBag bag)
    {
        _source = source;
        _shown = shown;
        _bag = bag;
    }

    /// <returns>The document's root, or null if there is none to go on with.</returns>
    public static JobNode? Read(SourceText source, DiagnosticBag bag)
    {
        if (source.Text.Length > CharactersMax)
        {
            bag.Error(
                DiagnosticCode.TooLarge,
                $"{source.Name}: {source.Text.Length} characters; at most {CharactersMax}");
            return null;
        }

        return new YamlReader(source, source, bag).ReadDocument();
    }

    /// <summary>Reads a value that stands within another text, such as an argument.</summary>
    public static JobNode? ReadValue(
        string value, SourceText shown, SourceMark mark, DiagnosticBag bag)
    {
        string padding = new string('\n', mark.Line - 1) + new string(' ', mark.Column - 1);
        return new YamlReader(new SourceText(shown.Name, padding + value), shown, bag)
            .ReadDocument();
    }

    private JobNode? ReadDocument()
    {
        JobNode? root = null;
        try
        {
            root = Parse();
        }
        catch (YamlStop)
        {
            // Reported where it was found.
        }
        catch (YamlException e)
        {
            SourceMark mark = ToMark(e.Start);
            ReportSyntax(mark, Reason(e.Message));
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The YAML library lets some faults, such as an unclosed list, out without a place.
            ReportSyntax(_last, "the text ends or breaks off within this value");
        }

        _stopped = root is null;
        FindTabs();
        return root;
    }

    private JobNode? Parse()
    {
        _parser = new Parser(new StringReader(_source.Text));
        Next<StreamStart>();
        if (Peek() is StreamEnd)
        {
            Stop(DiagnosticCode.EmptyValue, SourceMark.Start, 1, "the file is empty", "");
        }

        Next<DocumentStart>();
        JobNode root = ReadNode(0);
        Next<DocumentEnd>();
        if (Peek() is not StreamEnd)
        {
            Stop(
                DiagnosticCode.SeveralDocuments,
                ToMark(Peek().Start),
                3,
                "a second document begins here",
                "one file holds one job: delete the '---' and what follows");
        }

        return root;
    }

    private JobNode ReadNode(int depth)
    {
        ParsingEvent next = Peek();
        SourceMark mark = ToMark(next.Start);
        if (++_nodeCount > NodesMax || depth > DepthMax)
        {
            Stop(
                DiagnosticCode.TooLarge,
                mark,
                1,
                depth > DepthMax
                    ? $"nested deeper than {DepthMax} levels"
                    : $"more than {NodesMax} values",
                "");
        }

        if (next is NodeEvent { Tag.IsEmpty: false } tagged)
        {
            Stop(
                DiagnosticCode.UnsupportedYaml,
                mark,
                1,
                $"the tag '{tagged.Tag}' is not supported",
                "leave the tag out: the job schema decides each value's type");
        }

        int before = _nodeCount;
        JobNode node = next switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(depth),
            MappingStart => ReadMap(depth),
            AnchorAlias => ReadAlias(),
            _ => throw new InvalidOperationException("no value"),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = (node, _nodeCount - before + 1);
        }

        return node;
    }

    private JobScalar ReadScalar()
    {
        Scalar scalar = Next<Scalar>();
        bool oneLine = scalar.End.Line == scalar.Start.Line;
        int length = oneLine ? (int)(scalar.End.Column - scalar.Start.Column) : 1;
        AllowTabs(scalar.Start, scalar.End);
        return new JobScalar(
            _shown,
            ToMark(scalar.Start),
            Math.Max(1, length),
            scalar.Value,
            scalar.Style is not ScalarStyle.Plain);
    }

    private JobList ReadList(int depth)
    {
        SequenceStart start = Next<SequenceStart>();
        JobList list = new(_source, ToMark(start.Start), 1);
        while (Peek() is not SequenceEnd)
        {
            list.Items.Add(ReadNode(depth + 1));
        }

        SequenceEnd end = Next<SequenceEnd>();
        if (start.Style == SequenceStyle.Flow)
        {
            AllowTabs(start.Start, end.End);
        }

        return list;
    }

    private JobMap ReadMap(int depth)
    {
        MappingStart start = Next<MappingStart>();
        JobMap map = new(_source, ToMark(start.Start), 1);
        while (Peek() is not MappingEnd)
        {
            if (ReadNode(depth + 1) is not JobScalar key)
            {
                Stop(
                    DiagnosticCode.UnsupportedYaml, _last, 1, "a key must be a single word", "");
                return map;
            }

            if (map.Find(key.Text) is { } earlier)
            {
                _bag.Error(
                    DiagnosticCode.DuplicateKey,
                    key,
                    $"'{key.Text}' is given twice",
                    $"the first is in line {earlier.Key.Mark.Line}: keep one of them");
            }

            map.Set(key, ReadNode(depth + 1));
        }

        MappingEnd end = Next<MappingEnd>();
        if (start.Style == MappingStyle.Flow)
        {
            AllowTabs(start.Start, end.End);
        }

        return map;
    }

    private JobNode ReadAlias()
    {
        AnchorAlias alias = Next<AnchorAlias>();
        if (!_anchors.TryGetValue(alias.Value.Value, out (JobNode Node, int Size) target))
        {
            Stop(
                DiagnosticCode.NotYaml,
                ToMark(alias.Start),
                alias.Value.Value.Length + 1,
                $"'*{alias.Value}' names no anchor above it",
                "");
        }

        _nodeCount += target.Size;
        return target.Node.Clone();
    }

    private ParsingEvent Peek()
    {
        if (_parser.Current is null && !_parser.MoveNext())
        {
            throw new InvalidOperationException("end of stream");
        }

        while (_parser.Current is Comment)
        {
            _parser.MoveNext();
        }

        ParsingEvent current = _parser.Current!;
        _last = ToMark(current.Start);
        return current;
    }

    private T Next<T>()
        where T : ParsingEvent
    {
        if (Peek() is not T wanted)
        {
            throw new InvalidOperationException("not what was expected");
        }

        _parser.MoveNext();
        return wanted;
    }

    private void AllowTabs(in Mark start, in Mark end)
    {
        for (long line = start.Line + 1; line <= end.Line; line++)
        {
            _tabsAllowed.Add((int)line);
        }
    }

    private void FindTabs()
    {
        int lines = _source.Text.AsSpan().Count('\n') + 1;
        for (int number = 1; number <= lines; number++)
        {
            string line = _source.Line(number);
            int indent = line.Length - line.TrimStart(' ', '\t').Length;
            int tab = line.AsSpan(0, indent).IndexOf('\t');
            bool matters = indent < line.Length && line[indent] != '#'
                && (!_tabsAllowed.Contains(number) && (!_stopped || number <= _last.Line + 1));
            if (tab >= 0 && matters)
            {
                _bag.Add(new Diagnostic(
                    DiagnosticCode.TabIndentation,
                    true,
                    "a tab indents this line",
                    _shown,
                    new SourceMark(number, tab + 1),
                    1,
                    "YAML is indented with spaces only"));
                return;
            }
        }
    }

    private void ReportSyntax(SourceMark mark, string reason) => _bag.Add(new Diagnostic(
        DiagnosticCode.NotYaml, true, reason, _shown, mark, 1, ""));

    private void Stop(
        DiagnosticCode code, SourceMark mark, int length, string message, string help)
    {
        _bag.Add(new Diagnostic(code, true, message, _shown, mark, length, help));
        throw new YamlStop();
    }

    private static string Reason(string message)
    {
        int place = message.IndexOf("): ", StringComparison.Ordinal);
        string text = message.StartsWith('(') && place >= 0 ? message[(place + 3)..] : message;
        return $"not valid YAML: {text.TrimEnd('.')}";
    }

    private static SourceMark ToMark(in Mark mark) =>
        new(Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    private sealed class YamlStop : Exception;
}
