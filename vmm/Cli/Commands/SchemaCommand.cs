using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton schema job|result|validation`.</summary>
internal static class SchemaCommand
{
    public static Command Build()
    {
        Argument<string> which = new("NAME") { Description = "job, result or validation." };
        which.AcceptOnlyFromAmong("job", "result", "validation");
        Command command = new("schema", "Print the JSON schema of a job file, of result.json or of validation.json.");
        command.Add(which);
        command.SetAction(parsed =>
        {
            string name = parsed.GetRequiredValue(which);
            Console.Out.Write(Read(name));
            return ExitCode.Ok;
        });
        return command;
    }

    /// <param name="name">"job", "result" or "validation".</param>
    /// <returns>The schema as committed in docs/.</returns>
    public static string Read(string name)
    {
        using Stream stream = typeof(SchemaCommand).Assembly
            .GetManifestResourceStream($"{name}.schema.json")!;
        using StreamReader reader = new(stream);
        return reader.ReadToEnd();
    }
}
