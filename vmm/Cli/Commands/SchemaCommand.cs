using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton schema job|result`.</summary>
internal static class SchemaCommand
{
    public static Command Build()
    {
        Argument<string> which = new("NAME") { Description = "job or result." };
        which.AcceptOnlyFromAmong("job", "result");
        Command command = new("schema", "Print the JSON schema of a job file or of result.json.");
        command.Add(which);
        command.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(which);
            Console.Out.Write(name == "job" ? JobSchema.Export() : ResultSchema.Export());
            return ExitCode.Ok;
        });
        return command;
    }
}
