using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton report DIR…`.</summary>
internal static class ReportCommand
{
    public static Command Build()
    {
        Argument<string[]> folders = new("DIR")
        {
            Description = "The folder of a sweep, of a run, or those of several runs.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The page (default: report.html in the first folder).",
            HelpName = "FILE",
        };
        Option<bool> markdown = new("--md")
        {
            Description = "Write the tables as Markdown to standard output, and no page.",
        };
        Option<string> baseline = new("--baseline")
        {
            Description = "Compare with these earlier results; exit code 3 if a figure differs.",
            HelpName = "DIR",
        };
        Option<string> tolerance = new("--tolerance")
        {
            Description = "Largest change that passes, such as 2% (default: 0, the same to the last digit).",
            HelpName = "PERCENT",
        };
        Command command = new("report", "Make one page of results: charts, laws, limits, tables, how to run it again.")
        {
            folders, output, markdown, baseline, tolerance,
        };
        command.SetAction(parsed => new ReportRequest(
            parsed.GetRequiredValue(folders), parsed.GetValue(output), parsed.GetValue(markdown),
            parsed.GetValue(baseline), parsed.GetValue(tolerance)).Execute());
        return command;
    }
}
