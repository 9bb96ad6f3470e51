using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>An option as completion and the manual show it.</summary>
/// <param name="Aliases">Its short names, "-o".</param>
/// <param name="ValueName">Null for a flag.</param>
internal sealed record OptionEntry(
    string Name, IReadOnlyList<string> Aliases, string? ValueName, string Description)
{
    public IEnumerable<string> Names => Aliases.Prepend(Name);

    public static OptionEntry Of(Option option) => new(
        option.Name,
        [.. option.Aliases],
        option.Arity.MaximumNumberOfValues == 0 || option.ValueType == typeof(bool)
            ? null
            : option.HelpName ?? option.Name.TrimStart('-').ToUpperInvariant(),
        (option.Description ?? "").ReplaceLineEndings(" "));
}
