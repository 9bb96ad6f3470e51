using System.Text;

namespace Dilaton.Cli;

/// <summary>What the operator typed, as a source with one argument per line, so that a mistake in
/// it is shown like one in a file.</summary>
internal sealed class CommandLineText
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Path, string Value, int ValueColumn)> _settings = [];
    private SourceText? _source;

    public SourceText Source => _source ??= new SourceText("command line", _text.ToString());

    public int Count => _settings.Count;

    /// <summary>What is changed.</summary>
    public IEnumerable<string> Paths => _settings.Select(setting => setting.Path);

    /// <summary>An option that stands for a key of the job.</summary>
    public void AddOption(string option, string path, string value) =>
        Add($"{option} ", path, value);

    /// <summary>An argument of the form path=value.</summary>
    public void AddOverride(string argument)
    {
        int equals = argument.IndexOf('=', StringComparison.Ordinal);
        string path = equals < 0 ? argument : argument[..equals];
        Add(equals < 0 ? argument : $"{path}=", path, equals < 0 ? "" : argument[(equals + 1)..]);
    }

    /// <summary>A text that is taken as it is, such as the program.</summary>
    public JobScalar AddLiteral(string text)
    {
        int line = _settings.Count + 1;
        Add("", "", text);
        return new JobScalar(
            new SourceText("command line", new string('\n', line - 1) + text),
            new SourceMark(line, 1), Math.Max(1, text.Length), text, true);
    }

    /// <summary>Changes the job as the options and overrides say, in their order.</summary>
    public void Apply(JobMap root, DiagnosticBag bag)
    {
        for (int i = 0; i < _settings.Count; i++)
        {
            (string path, string value, int column) = _settings[i];
            if (path.Length > 0
                && JobOverride.ReadValue(Source, new SourceMark(i + 1, column), value, bag) is { } node)
            {
                new JobOverride(Source, new SourceMark(i + 1, 1), path, node).Apply(root, bag);
            }
        }
    }

    private void Add(string prefix, string path, string value)
    {
        string shown = value.Replace('\n', ' ').Replace('\r', ' ');
        _text.Append(prefix).Append(shown).Append('\n');
        _settings.Add((path, value, prefix.Length + 1));
        _source = null;
    }
}
