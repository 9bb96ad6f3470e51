using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton completion bash|zsh|fish`.</summary>
internal static class CompletionCommand
{
    /// <param name="root">Makes the whole tree, this command among it.</param>
    public static Command Build(Func<Command> root)
    {
        Argument<string> shell = new("SHELL") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. CompletionScript.Shells]);
        Command command = new("completion", "Print a shell's completion script: source <(dilaton completion bash).");
        command.Add(shell);
        command.SetAction(parsed =>
        {
            Console.Out.Write(CompletionScript.Of(
                parsed.GetRequiredValue(shell), CommandPage.Of(root())));
            return ExitCode.Ok;
        });
        return command;
    }
}
