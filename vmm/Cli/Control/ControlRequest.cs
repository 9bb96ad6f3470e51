using Dilaton.Core;

namespace Dilaton.Cli;

/// <summary>What a running job is told, as a line of words: docs/howto/control.md.</summary>
/// <param name="Factor">Of <see cref="ControlVerb.SetTdf"/>.</param>
/// <param name="Node">Whose; null: of all.</param>
internal sealed record ControlRequest(ControlVerb Verb, Ratio Factor, string? Node)
{
    /// <summary>Longer is no request.</summary>
    public const int LengthMax = 4096;

    private static readonly (string Word, ControlVerb Verb)[] s_verbs =
    [
        ("status", ControlVerb.Status),
        ("pause", ControlVerb.Pause),
        ("resume", ControlVerb.Resume),
        ("set-tdf", ControlVerb.SetTdf),
        ("stop", ControlVerb.Stop),
    ];

    public static IReadOnlyList<string> Words => [.. s_verbs.Select(each => each.Word)];

    /// <returns>Null if it is none, which was reported.</returns>
    public static ControlRequest? Read(string line, DiagnosticBag bag)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string first = words.Length > 0 ? words[0] : "";
        int known = Array.FindIndex(s_verbs, each => each.Word == first);
        if (known < 0)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                first.Length == 0 ? "no command" : $"'{first}' is no command",
                Spelling.Help(first, Words));
            return null;
        }

        ControlVerb verb = s_verbs[known].Verb;
        if (verb == ControlVerb.SetTdf)
        {
            return ReadFactor(words, bag);
        }

        if (words.Length > 1)
        {
            bag.Error(DiagnosticCode.BadOption, $"{first} takes nothing more, not '{words[1]}'");
            return null;
        }

        return new ControlRequest(verb, Ratio.One, null);
    }

    /// <summary>The line that reads back as the same.</summary>
    public override string ToString()
    {
        string word = s_verbs.First(each => each.Verb == Verb).Word;
        return Verb == ControlVerb.SetTdf
            ? $"{word} {RatioText.Format(Factor)}{(Node is null ? "" : $" {Node}")}"
            : word;
    }

    private static ControlRequest? ReadFactor(string[] words, DiagnosticBag bag)
    {
        if (words.Length is < 2 or > 3)
        {
            bag.Error(
                DiagnosticCode.BadOption,
                words.Length < 2 ? "set-tdf needs a factor" : $"'{words[3]}' is too much",
                "set-tdf FACTOR [NODE], such as set-tdf 5/2");
            return null;
        }

        if (!RatioText.TryParse(words[1], out Ratio factor, out string? why))
        {
            bag.Error(DiagnosticCode.BadNumber, $"set-tdf: {why}");
            return null;
        }

        if (DilationReader.MistakeOf(factor) is { } mistake)
        {
            bag.Error(DiagnosticCode.OutOfRange, $"set-tdf: {mistake}");
            return null;
        }

        return new ControlRequest(
            ControlVerb.SetTdf, factor, words.Length > 2 ? words[2] : null);
    }
}
