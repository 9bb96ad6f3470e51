using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace Dilaton.Cli;

/// <summary>What completion and the manual say of one command.</summary>
/// <param name="Path">Its words: "dilaton sst info".</param>
/// <param name="Options">In their order; --help is not among them, as every command has it.</param>
/// <param name="Words">The values that its argument takes, where they are a closed set.</param>
/// <param name="Arguments">Name and description of each argument.</param>
internal sealed record CommandPage(
    string Path,
    string Description,
    IReadOnlyList<OptionEntry> Options,
    IReadOnlyList<string> Words,
    IReadOnlyList<(string Name, string Description)> Arguments,
    IReadOnlyList<CommandPage> Commands)
{
    public string Name => Path[(Path.LastIndexOf(' ') + 1)..];

    /// <summary>The tree of commands, hidden ones left out.</summary>
    public static CommandPage Of(Command command) => Of(command, command.Name);

    /// <summary>This command and all below it, parents first.</summary>
    public IEnumerable<CommandPage> All() => Commands.SelectMany(command => command.All()).Prepend(this);

    private static CommandPage Of(Command command, string path) => new(
        path,
        Line(command.Description),
        [
            .. command.Options.Where(option => !option.Hidden && option is not HelpOption)
                .Select(OptionEntry.Of),
        ],
        [
            .. command.Arguments.SelectMany(argument => argument.GetCompletions(CompletionContext.Empty))
                .Select(item => item.Label),
        ],
        [.. command.Arguments.Select(argument => (argument.Name, Line(argument.Description)))],
        [
            .. command.Subcommands.Where(below => !below.Hidden)
                .Select(below => Of(below, $"{path} {below.Name}")),
        ]);

    private static string Line(string? text) => (text ?? "").ReplaceLineEndings(" ");
}
