using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Integration;

/// <summary>Commands quoted in README.md with their output (blocks fenced as `console`, commands
/// after "$ ") print what is quoted. "..." stands for any text.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void QuotedCommands_PrintWhatIsQuoted()
    {
        string readme = File.ReadAllText(Path.Combine(Paths.Root, "README.md"));
        int checkedCommands = 0;
        foreach (Match block in Block().Matches(readme))
        {
            foreach ((string command, string expected) in Commands(block.Groups["text"].Value))
            {
                // The test script runs this test; quoting its own last line needs no second run.
                if (command.StartsWith("./test", StringComparison.Ordinal)
                    || command.StartsWith("git ", StringComparison.Ordinal)
                    || command.StartsWith("cd ", StringComparison.Ordinal))
                {
                    continue;
                }

                Check(command, expected);
                checkedCommands++;
            }
        }

        checkedCommands.ShouldBeGreaterThan(0);
    }

    private static void Check(string command, string expected)
    {
        // In the root, where the README says to run it; results go elsewhere.
        using var folder = new TempFolder();
        string script = command;
        foreach (string start in new[] { "./dilaton run ", "./dilaton sweep " })
        {
            bool isDefault = command.StartsWith(start, StringComparison.Ordinal)
                && !command.Contains(" -o ", StringComparison.Ordinal);
            script = isDefault ? command.Replace(start, $"{start}-o {folder.File("results")} ") : script;
        }

        script = script.Replace(" tdsweep", $" {folder.File("results")}");
        CommandResult result = Command.Run(
            "/bin/sh", ["-c", script + " 2>&1"], new() { Folder = Paths.Root });
        string pattern = "^" + Regex.Escape(expected.Trim()).Replace(@"\.\.\.", "(?s:.*?)") + "$";
        string printed = result.Output.Replace(folder.File("results"), "tdout").Trim();
        Regex.IsMatch(printed, pattern).ShouldBeTrue($"$ {command}\n{printed}\n---\n{expected}");
    }

    private static IEnumerable<(string Command, string Expected)> Commands(string block)
    {
        string? command = null;
        var expected = new List<string>();
        foreach (string line in block.Split('\n'))
        {
            if (line.StartsWith("$ ", StringComparison.Ordinal))
            {
                if (command is not null)
                {
                    yield return (command, string.Join('\n', expected));
                }

                command = line[2..];
                expected.Clear();
            }
            else
            {
                expected.Add(line);
            }
        }

        if (command is not null)
        {
            yield return (command, string.Join('\n', expected));
        }
    }

    [GeneratedRegex(@"```console\n(?<text>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
