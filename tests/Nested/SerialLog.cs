using System.Globalization;

namespace Dilaton.Tests.Nested;

/// <summary>What the bed's first process printed (tests/Nested/bed/init), by steps.</summary>
internal sealed class SerialLog
{
    private const string Begin = "@@ begin ";
    private const string End = "@@ end ";
    private const string Done = "@@ done";
    private const int TailLines = 40;

    private readonly Dictionary<string, Step> _steps = new(StringComparer.Ordinal);
    private readonly string[] _lines;

    public SerialLog(string text)
    {
        _lines = [.. text.Split('\n').Select(line => line.TrimEnd('\r'))];
        string? name = null;
        List<string> output = [];
        foreach (string line in _lines)
        {
            if (line.StartsWith(Begin, StringComparison.Ordinal))
            {
                name = line[Begin.Length..];
                output = [];
            }
            else if (name is not null && line.StartsWith($"{End}{name} ", StringComparison.Ordinal))
            {
                string code = line[(End.Length + name.Length + 1)..];
                _steps[name] = new Step(int.Parse(code, CultureInfo.InvariantCulture), [.. output]);
                name = null;
            }
            else if (name is not null)
            {
                output.Add(line);
            }

            IsDone |= line == Done;
        }
    }

    /// <summary>The bed came to its end.</summary>
    public bool IsDone { get; }

    /// <summary>The last lines, for a failure's message.</summary>
    public string Tail => string.Join('\n', _lines[^Math.Min(TailLines, _lines.Length)..]);

    /// <exception cref="InvalidOperationException">It has not run to its end.</exception>
    public Step Of(string step) => _steps.TryGetValue(step, out Step? found)
        ? found
        : throw new InvalidOperationException($"the bed did not finish '{step}'; its last lines:\n{Tail}");

    /// <param name="Lines">Standard output and error.</param>
    internal sealed record Step(int Code, IReadOnlyList<string> Lines)
    {
        public string Text => string.Join('\n', Lines);
    }
}
