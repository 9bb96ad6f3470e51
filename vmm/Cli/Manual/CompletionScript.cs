using System.Text;

namespace Dilaton.Cli;

/// <summary>Completion for a shell: a script that holds every command and option, so that a TAB
/// starts no process. Behind `--` stands the guest's own command line, and files are completed.
/// </summary>
internal static class CompletionScript
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <param name="shell">One of <see cref="Shells"/>.</param>
    public static string Of(string shell, CommandPage root) => shell switch
    {
        "bash" => Bash(root),
        "zsh" => Zsh(root),
        "fish" => Fish(root),
        _ => throw new ArgumentOutOfRangeException(nameof(shell)),
    };

    private static string Bash(CommandPage root)
    {
        StringBuilder text = new();
        text.Append(
            """
            # bash completion for dilaton: source <(dilaton completion bash)
            _dilaton() {
                local current=${COMP_WORDS[COMP_CWORD]} at=dilaton words='' options='' i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    [ "${COMP_WORDS[i]}" = -- ] && return
                    case "$at ${COMP_WORDS[i]}" in

            """);
        text.Append($"            {Branches(root)}) at=\"$at ${{COMP_WORDS[i]}}\" ;;\n");
        text.Append("        esac\n    done\n    case $at in\n");
        foreach (CommandPage page in root.All())
        {
            text.Append($"        '{page.Path}')\n");
            text.Append($"            words='{string.Join(' ', Below(page))}'\n");
            text.Append($"            options='{string.Join(' ', Options(page))}' ;;\n");
        }

        text.Append(
            """
                esac
                [[ $current == -* ]] && words=$options
                [ -n "$words" ] && COMPREPLY=($(compgen -W "$words" -- "$current"))
            }
            complete -o bashdefault -o default -F _dilaton dilaton

            """);
        return text.ToString();
    }

    private static string Zsh(CommandPage root)
    {
        StringBuilder text = new();
        text.Append(
            """
            #compdef dilaton
            # zsh completion for dilaton: source <(dilaton completion zsh), behind compinit
            _dilaton() {
                local at=dilaton i
                local -a below options
                for ((i = 2; i < CURRENT; i++)); do
                    [[ ${words[i]} == -- ]] && { _files; return }
                    case "$at ${words[i]}" in

            """);
        text.Append($"            ({Branches(root)}) at=\"$at ${{words[i]}}\" ;;\n");
        text.Append("        esac\n    done\n    case $at in\n");
        foreach (CommandPage page in root.All())
        {
            text.Append($"        ('{page.Path}')\n            below=(");
            text.AppendJoin(' ', page.Commands.Select(c => ZshItem(c.Name, c.Description)));
            text.AppendJoin(' ', page.Words.Select(word => ZshItem(word, "")));
            text.Append(")\n            options=(");
            foreach (OptionEntry option in page.Options)
            {
                text.AppendJoin(' ', option.Names.Select(name => ZshItem(name, option.Description)));
                text.Append(' ');
            }

            text.Append($"{ZshItem("--help", "Show help.")}) ;;\n");
        }

        text.Append(
            """
                esac
                if [[ $PREFIX == -* ]]; then
                    _describe -o option options
                elif (( $#below )); then
                    _describe command below
                else
                    _files
                fi
            }
            compdef _dilaton dilaton
            # In a folder of fpath this file is the body of the function, called to complete.
            if [[ ${funcstack[1]} == _dilaton ]]; then _dilaton "$@"; fi

            """);
        return text.ToString();
    }

    private static string Fish(CommandPage root)
    {
        StringBuilder text = new();
        text.Append(
            """
            # fish completion for dilaton: dilaton completion fish | source
            function __dilaton_at
                set -l at dilaton
                for word in (commandline -opc)[2..-1]
                    if test "$word" = --
                        echo guest
                        return
                    end
                    switch "$at $word"

            """);
        text.Append("            case ");
        text.AppendJoin(' ', Below(root, "'", "'"));
        text.Append("\n                set at \"$at $word\"\n        end\n    end\n    echo $at\nend\n");
        foreach (CommandPage page in root.All())
        {
            string when = $"complete -c dilaton -n 'test (__dilaton_at) = \"{page.Path}\"'";
            foreach (CommandPage below in page.Commands)
            {
                text.Append($"{when} -f -a {below.Name} -d {FishText(below.Description)}\n");
            }

            foreach (string word in page.Words)
            {
                text.Append($"{when} -f -a {word}\n");
            }

            foreach (OptionEntry option in page.Options)
            {
                string names = string.Concat(option.Names.Select(
                    name => name.StartsWith("--", StringComparison.Ordinal) ? $" -l {name[2..]}" : $" -s {name[1..]}"));
                string value = option.ValueName is null ? "" : " -r";
                text.Append($"{when}{names}{value} -d {FishText(option.Description)}\n");
            }

            text.Append($"{when} -l help -d 'Show help.'\n");
        }

        return text.ToString();
    }

    private static IEnumerable<string> Options(CommandPage page) =>
        page.Options.SelectMany(option => option.Names).Append("--help");

    private static IEnumerable<string> Below(CommandPage page) =>
        page.Commands.Select(command => command.Name).Concat(page.Words);

    private static IEnumerable<string> Below(CommandPage root, string before, string behind) =>
        root.All().Skip(1).Select(page => before + page.Path + behind);

    private static string Branches(CommandPage root) => string.Join('|', Below(root, "'", "'"));

    private static string ZshItem(string word, string description)
    {
        string item = description.Length == 0
            ? word
            : $"{word}:{description.Replace(":", "\\:", StringComparison.Ordinal)}";
        return $"'{item.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }

    private static string FishText(string text)
    {
        string inner = text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("'", "\\'", StringComparison.Ordinal);
        return $"'{inner}'";
    }
}
