namespace Dilaton.Cli;

/// <summary>The words of a job for an enum's values, and those that a later version will know.
/// </summary>
internal sealed class Choice<T>(params (string Word, T Value)[] words)
    where T : struct, Enum
{
    private readonly (string Word, T Value)[] _words = words;

    public IReadOnlyList<string> Words { get; } = [.. words.Select(w => w.Word)];

    /// <summary>Values that are designed but not built yet, and what brings them.</summary>
    public IReadOnlyDictionary<string, string> Future { get; init; } =
        new Dictionary<string, string>();

    public bool TryParse(string word, out T value)
    {
        foreach ((string candidate, T parsed) in _words)
        {
            if (candidate == word)
            {
                value = parsed;
                return true;
            }
        }

        value = default;
        return false;
    }

    public string WordOf(T value)
    {
        foreach ((string word, T candidate) in _words)
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value))
            {
                return word;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value));
    }
}
