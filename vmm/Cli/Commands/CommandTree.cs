using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Dilaton.Cli;

/// <summary>The command line: its help, and the commands that are not on the hot path.</summary>
internal static class CommandTree
{
    public static int Invoke(IReadOnlyList<string> arguments)
    {
        Command root = Build();
        ParseResult parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.Write(Mistakes(root, parsed));
            return ExitCode.Usage;
        }

        return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
    }

    public static Command Build()
    {
        Command root = new(
            "dilaton",
            "Runs unmodified programs natively on a machine that does not exist, in its time.");
        root.Add(WithOptions(
            new Command("run", "Run a program: dilaton run [options] [path=value...] -- PROGRAM ARGS..."),
            OptionSpec.Run,
            "path=value",
            "Changes to the machine, such as cores.count=4; then --, the program, its arguments."));
        root.Add(WithOptions(
            new Command("launch", "Run a job file: dilaton launch JOB.yaml [options] [path=value...]"),
            OptionSpec.Launch,
            "JOB.yaml path=value",
            "The job file, and changes to it, such as nodes[0].cores.count=4."));
        root.Add(WithOptions(
            new Command(
                "plan", "Say what a job needs of this host: dilaton plan JOB.yaml [options] [path=value...]"),
            OptionSpec.Plan,
            "JOB.yaml path=value",
            "The job file, and changes to it, as of launch."));
        root.Add(WithOptions(
            new Command(
                "sweep", "Run variants of a job: dilaton sweep JOB.yaml path=value,value... [options]"),
            OptionSpec.Sweep,
            "JOB.yaml path=value,value path=LOW..HIGH:logN",
            "The job file, what is swept (lists, ranges :stepS, :linN, :logN), and changes to it."));
        root.Add(CalibrateCommand.Build());
        root.Add(CompletionCommand.Build(Build));
        root.Add(ControlCommand.Build());
        root.Add(DoctorCommand.Build());
        root.Add(Gem5Command.Build());
        root.Add(ImagesCommand.Build());
        root.Add(JoinCommand.Build());
        root.Add(ManCommand.Build(Build));
        root.Add(ModelsCommand.Build());
        root.Add(NetworkCommand.Build());
        root.Add(ReplayCommand.Build());
        root.Add(ReportCommand.Build());
        root.Add(SchemaCommand.Build());
        root.Add(SelfTestCommand.Build());
        root.Add(SstCommand.Build());
        root.Add(UnpackCommand.Build());
        root.Add(ValidateCommand.Build());
        root.Add(VersionCommand.Build());
        HelpOption help = new();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
        root.Add(help);
        root.SetAction(_ =>
        {
            ((HelpWithExitCodes)help.Action).Invoke(root.Parse(["--help"]));
            return ExitCode.Usage;
        });
        return root;
    }

    private static Command WithOptions(
        Command command, IReadOnlyList<OptionSpec> specs, string words, string wordsHelp)
    {
        foreach (OptionSpec spec in specs)
        {
            string[] aliases = spec.Alias.Length > 0 ? [spec.Alias] : [];
            if (spec.ValueName is null)
            {
                command.Add(new Option<bool>(spec.Name, aliases) { Description = spec.Description });
            }
            else
            {
                command.Add(new Option<string>(spec.Name, aliases)
                {
                    Description = spec.Description,
                    HelpName = spec.ValueName,
                });
            }
        }

        command.Add(new Argument<string[]>(words)
        {
            Description = wordsHelp,
            Arity = ArgumentArity.ZeroOrMore,
        });
        return command;
    }

    private static string Mistakes(Command root, ParseResult parsed)
    {
        DiagnosticBag bag = new();
        Command command = parsed.CommandResult.Command;
        List<string> words =
        [
            .. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name),
            .. command.Options.Concat(root.Options.OfType<HelpOption>()).Select(o => o.Name),
        ];
        foreach (string token in parsed.UnmatchedTokens)
        {
            bool option = token.StartsWith('-');
            bag.Error(
                DiagnosticCode.BadOption,
                $"{token}: no such {(option ? "option" : "command or argument")}",
                Spelling.Help(token, [.. words.Distinct()]));
        }

        if (parsed.UnmatchedTokens.Count == 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors)
            {
                string message = error.Message.ReplaceLineEndings(" ").Replace("\t", "", StringComparison.Ordinal);
                bag.Error(DiagnosticCode.BadOption, message);
            }
        }

        return bag.Print();
    }

    private sealed class HelpWithExitCodes(HelpAction standard) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            int code = standard.Invoke(parseResult);
            parseResult.InvocationConfiguration.Output.Write(ExitCode.Help());
            return code;
        }
    }
}
