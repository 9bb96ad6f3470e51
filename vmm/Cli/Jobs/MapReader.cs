using System.Globalization;
using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>Reads the keys of one map of a job. A key is known because it was asked for;
/// <see cref="Done"/> reports the others.</summary>
internal sealed class MapReader
{
    private readonly JobMap? _map;
    private readonly JobNode _at;
    private readonly string _path;
    private readonly DiagnosticBag _bag;
    private readonly List<string> _known = [];
    private readonly Dictionary<string, string> _future = [];

    private MapReader(JobMap? map, JobNode at, string path, DiagnosticBag bag)
    {
        _map = map;
        _at = at;
        _path = path;
        _bag = bag;
    }

    public delegate bool Parser<T>(string text, out T value, out string? why);

    /// <param name="node">Null if the section was left out: every key then has its default.
    /// </param>
    /// <param name="owner">Where to point when a required key is missing.</param>
    public static MapReader Open(JobNode? node, JobNode owner, string path, DiagnosticBag bag)
    {
        if (node is not null and not JobMap)
        {
            bag.Error(
                DiagnosticCode.WrongKind,
                node,
                $"{(path.Length == 0 ? "the job" : path)}: expected a map of keys, found "
                    + node.Kind);
        }

        return new MapReader(node as JobMap, node ?? owner, path, bag);
    }

    /// <summary>A key that the design reserves and this version lacks.</summary>
    public void Future(string key, string why) => _future[key] = why;

    /// <summary>A list is given where one value might be.</summary>
    public bool IsList(string key) => _map?.Find(key)?.Value is JobList;

    public JobNode? Take(string key)
    {
        _known.Add(key);
        return _map?.Find(key)?.Value;
    }

    /// <summary>The maps of a list.</summary>
    public IEnumerable<MapReader> Sections(string key) =>
        Items(key).Select(item => Open(item.Node, item.Node, item.Path, _bag));

    public MapReader Section(string key) => Open(Take(key), _at, PathOf(key), _bag);

    public string Text(string key, string fallback) =>
        Take(key) is { } node ? Scalar(node, key)?.Text ?? fallback : fallback;

    public string? OptionalText(string key) => Take(key) switch
    {
        null or JobScalar { IsNull: true, Text.Length: > 0 } => null,
        JobNode node => Scalar(node, key)?.Text,
    };

    public string RequiredText(string key)
    {
        if (Take(key) is { } node)
        {
            return Scalar(node, key)?.Text ?? "";
        }

        Missing(key);
        return "";
    }

    public string Name(string key, string fallback, string alphabet)
    {
        if (Take(key) is not { } node || Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        bool good = scalar.Text.Length is > 0 and <= 64
            && char.IsAsciiLetterOrDigit(scalar.Text[0])
            && scalar.Text.All(c => char.IsAsciiLetterOrDigit(c)
                || alphabet.Contains(c, StringComparison.Ordinal));
        if (!good)
        {
            string others = string.Join(", ", alphabet.Select(c => $"'{c}'"));
            _bag.Error(
                DiagnosticCode.BadName,
                scalar,
                $"{PathOf(key)}: '{scalar.Text}' is not a name",
                $"1 to 64 letters, digits, {others}, beginning with a letter or digit");
        }

        return good ? scalar.Text : fallback;
    }

    public long Integer(string key, long fallback, long least, long most)
    {
        if (Take(key) is not { } node || Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        if (scalar.IsQuoted)
        {
            BadNumber(scalar, key, "a whole number, not quoted text", "leave out the quotes");
            return fallback;
        }

        bool plain = scalar.Text.Length > 0 && scalar.Text.TrimStart('-').All(char.IsAsciiDigit)
            && (scalar.Text.TrimStart('-') is "0" || !scalar.Text.TrimStart('-').StartsWith('0'));
        if (!plain)
        {
            BadNumber(scalar, key, "a plain whole number", "write decimal digits only");
            return fallback;
        }

        if (!long.TryParse(scalar.Text, CultureInfo.InvariantCulture, out long value)
            || value < least || value > most)
        {
            _bag.Error(
                DiagnosticCode.OutOfRange,
                scalar,
                $"{PathOf(key)}: {scalar.Text} is out of range ({least} to {most})");
            return fallback;
        }

        return value;
    }

    public bool Flag(string key, bool fallback)
    {
        if (Take(key) is not { } node || Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        if (scalar.Text is "true" or "false")
        {
            return scalar.Text == "true";
        }

        _bag.Error(
            DiagnosticCode.NotAChoice,
            scalar,
            $"{PathOf(key)}: '{scalar.Text}' is not one of true, false");
        return fallback;
    }

    /// <summary>A list of whole numbers; empty if the key is absent.</summary>
    public IReadOnlyList<int> Integers(string key, int least, int most)
    {
        List<int> values = [];
        foreach ((JobNode node, string path) in Items(key))
        {
            if (ScalarAt(node, path) is not { } scalar)
            {
                continue;
            }

            if (int.TryParse(
                scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
                && value >= least && value <= most)
            {
                values.Add(value);
                continue;
            }

            _bag.Error(
                DiagnosticCode.OutOfRange,
                scalar,
                $"{path}: '{scalar.Text}' is no whole number of {least} to {most}");
        }

        return values;
    }

    public T Word<T>(string key, T fallback, Choice<T> choice)
        where T : struct, Enum =>
        Take(key) is { } node ? Word(node, key, fallback, choice) : fallback;

    public T Word<T>(JobNode node, string key, T fallback, Choice<T> choice)
        where T : struct, Enum
    {
        if (Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        if (choice.TryParse(scalar.Text, out T value))
        {
            return value;
        }

        if (choice.Future.TryGetValue(scalar.Text, out string? why))
        {
            _bag.Error(
                DiagnosticCode.NotBuiltYet,
                scalar,
                $"{PathOf(key)}: '{scalar.Text}' is not available: {why}",
                $"valid here: {string.Join(", ", choice.Words)}");
            return fallback;
        }

        _bag.Error(
            DiagnosticCode.NotAChoice,
            scalar,
            $"{PathOf(key)}: '{scalar.Text}' is not one of {string.Join(", ", choice.Words)}",
            Spelling.Nearest(scalar.Text, choice.Words) is { } near ? $"did you mean '{near}'?" : "");
        return fallback;
    }

    /// <summary>A value with a unit, or another text of its own grammar.</summary>
    public T Value<T>(string key, T fallback, Parser<T> parse)
    {
        if (Take(key) is not { } node || Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        if (parse(scalar.Text, out T value, out string? why))
        {
            return value;
        }

        _bag.Error(DiagnosticCode.BadQuantity, scalar, $"{PathOf(key)}: {why}");
        return fallback;
    }

    /// <summary>As <see cref="Value{T}"/>, but `null` means that there is none.</summary>
    public T? Optional<T>(string key, T? fallback, Parser<T> parse)
        where T : struct
    {
        if (Take(key) is not { } node)
        {
            return fallback;
        }

        if (node is JobScalar { IsNull: true, Text.Length: > 0 })
        {
            return null;
        }

        if (Scalar(node, key) is not { } scalar)
        {
            return fallback;
        }

        if (parse(scalar.Text, out T value, out string? why))
        {
            return value;
        }

        _bag.Error(DiagnosticCode.BadQuantity, scalar, $"{PathOf(key)}: {why}");
        return fallback;
    }

    /// <summary>The list's items with their paths; none if the key is absent.</summary>
    public IReadOnlyList<(JobNode Node, string Path)> Items(string key)
    {
        JobNode? node = Take(key);
        if (node is JobList list)
        {
            return [.. list.Items.Select((item, i) => (item, $"{PathOf(key)}[{i}]"))];
        }

        if (node is not null)
        {
            _bag.Error(
                DiagnosticCode.WrongKind,
                node,
                $"{PathOf(key)}: expected a list, found {node.Kind}",
                node is JobScalar { IsNull: false } s
                    ? $"write [{s.Text}]"
                    : "write [] for an empty list");
        }

        return [];
    }

    /// <summary>A list of maps, each to be read to its <see cref="Done"/>.</summary>
    public IEnumerable<MapReader> Maps(string key)
    {
        foreach ((JobNode node, string path) in Items(key))
        {
            yield return Open(node, node, path, _bag);
        }
    }

    public IReadOnlyList<string>? TextList(string key)
    {
        if (_map?.Find(key) is null)
        {
            _known.Add(key);
            return null;
        }

        List<string> texts = [];
        foreach ((JobNode node, string path) in Items(key))
        {
            if (ScalarAt(node, path) is { } scalar)
            {
                texts.Add(scalar.Text);
            }
        }

        return texts;
    }

    public IReadOnlyDictionary<string, string>? TextMap(string key)
    {
        if (Take(key) is not { } node)
        {
            return null;
        }

        SortedDictionary<string, string> texts = new(StringComparer.Ordinal);
        if (node is not JobMap map)
        {
            _bag.Error(
                DiagnosticCode.WrongKind,
                node,
                $"{PathOf(key)}: expected a map of keys, found {node.Kind}",
                "write {} for an empty map");
            return texts;
        }

        foreach (JobEntry entry in map.Entries)
        {
            if (ScalarAt(entry.Value, $"{PathOf(key)}.{entry.Key.Text}") is { } scalar)
            {
                texts[entry.Key.Text] = scalar.Text;
            }
        }

        return texts;
    }

    public void Missing(string key) => _bag.Error(
        DiagnosticCode.MissingKey, _at, $"{PathOf(key)} is missing");

    public void Error(DiagnosticCode code, string key, string message, string help = "") =>
        _bag.Error(
            code, _map?.Find(key)?.Value ?? _at, $"{PathOf(key)}: {message}", help);

    /// <summary>The word `null` stands there.</summary>
    public bool IsNull(string key) =>
        _map?.Find(key)?.Value is JobScalar { IsNull: true, Text.Length: > 0 };

    public bool Has(string key) => _map?.Find(key) is not null;

    /// <summary>Reports keys nobody asked for.</summary>
    public void Done()
    {
        foreach (JobEntry entry in _map?.Entries ?? [])
        {
            string key = entry.Key.Text;
            if (_known.Contains(key))
            {
                continue;
            }

            if (_future.TryGetValue(key, out string? why))
            {
                _bag.Error(
                    DiagnosticCode.NotBuiltYet,
                    entry.Key,
                    $"{PathOf(key)} is not available: {why}");
                continue;
            }

            _bag.Error(
                DiagnosticCode.UnknownKey,
                entry.Key,
                $"{PathOf(key)}: no such key",
                Spelling.Help(key, _known));
        }
    }

    private JobScalar? Scalar(JobNode node, string key) => ScalarAt(node, PathOf(key));

    private JobScalar? ScalarAt(JobNode node, string path)
    {
        if (node is JobScalar { IsNull: false } scalar)
        {
            return scalar;
        }

        DiagnosticCode code =
            node is JobScalar ? DiagnosticCode.EmptyValue : DiagnosticCode.WrongKind;
        _bag.Error(
            code,
            node,
            node is JobScalar ? $"{path} has no value" : $"{path}: expected a single value, found "
                + node.Kind,
            node is JobScalar ? "write '' for an empty text, or leave the key out" : "");
        return null;
    }

    private void BadNumber(JobScalar scalar, string key, string expected, string help) =>
        _bag.Error(
            DiagnosticCode.BadNumber,
            scalar,
            $"{PathOf(key)}: '{scalar.Text}' is not {expected}",
            help);

    private string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";
}
