using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton man`.</summary>
internal static class ManCommand
{
    /// <param name="root">Makes the whole tree, this command among it.</param>
    public static Command Build(Func<Command> root)
    {
        Command command = new("man", "Print the manual page: dilaton man | man -l -.");
        command.SetAction(_ =>
        {
            Console.Out.Write(ManualPage.Of(CommandPage.Of(root()), ToolVersion.Text));
            return ExitCode.Ok;
        });
        return command;
    }
}
