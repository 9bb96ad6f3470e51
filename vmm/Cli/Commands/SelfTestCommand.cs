using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton selftest`.</summary>
internal static class SelfTestCommand
{
    public static Command Build()
    {
        Option<string[]> filter = new("--filter")
        {
            Description = "Only cases whose name holds this text; may be given several times.",
            HelpName = "TEXT",
            AllowMultipleArgumentsPerToken = false,
        };
        Option<bool> list = new("--list") { Description = "Say what the cases are; try none." };
        Option<bool> timing = new("--timing")
        {
            Description = "Also the cases with bounds on host time, which need a quiet host.",
        };
        Option<bool> json = new("--json") { Description = "As JSON." };
        Command command = new("selftest", "Try the engines on this host, case by case.")
        {
            filter, list, timing, json,
        };
        command.SetAction(parsed =>
        {
            string[] words = parsed.GetValue(filter) ?? [];
            if (Mistakes(words) is { } mistakes)
            {
                Console.Error.Write(mistakes);
                return ExitCode.Usage;
            }

            IReadOnlyList<SelfTestCase> cases = SelfTestSuite.Select(words);
            if (parsed.GetValue(list))
            {
                Console.Out.Write(SelfTestReport.List(cases));
                return ExitCode.Ok;
            }

            return Run(cases, parsed.GetValue(timing), parsed.GetValue(json), words.Length > 0);
        });
        return command;
    }

    /// <summary>3 if a case is not ok; 6 if cases were asked for by name, and none could be tried.
    /// </summary>
    public static int CodeOf(IReadOnlyList<SelfTestResult> results, bool isByName) =>
        SelfTestReport.Of(results, SelfTestVerdict.NotOk) > 0 ? ExitCode.CheckFailed
        : isByName && SelfTestReport.Of(results, SelfTestVerdict.Ok) == 0 ? ExitCode.EnvironmentMissing
        : ExitCode.Ok;

    private static string? Mistakes(string[] words)
    {
        DiagnosticBag bag = new();
        foreach (string word in words.Where(word => SelfTestSuite.Select([word]).Count == 0))
        {
            bag.Error(
                DiagnosticCode.BadOption,
                $"--filter {word}: no case has that in its name",
                Spelling.Help(word, SelfTestSuite.Words));
        }

        return bag.HasErrors ? bag.Print() : null;
    }

    private static int Run(IReadOnlyList<SelfTestCase> cases, bool timing, bool json, bool isByName)
    {
        TextWriter lines = json ? TextWriter.Null : Console.Out;
        lines.Write(SelfTestReport.Plan(cases.Count));
        int number = 0;
        using LawBench bench = new(quick: true, Console.Error);
        try
        {
            IReadOnlyList<SelfTestResult> results = SelfTestRunner.Run(
                cases, timing, bench, result => lines.Write(SelfTestReport.Line(++number, result)));
            Console.Out.Write(json ? SelfTestReport.Json(results) : SelfTestReport.Sum(results));
            return CodeOf(results, isByName);
        }
        catch (LawRunException e) when (e.IsStopped)
        {
            return e.Code;
        }
    }
}
