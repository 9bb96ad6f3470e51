using Dilaton.Cli;

namespace Dilaton.Tests.Unit;

/// <summary>Reads jobs from text.</summary>
internal static class CliFixture
{
    public const string Minimal = """
        apiVersion: dilaton/v1
        nodes:
          - guest: {program: {path: /bin/true}}
        """;

    public static (Job? Job, DiagnosticBag Bag) Read(string text, params string[] overrides)
    {
        DiagnosticBag bag = new();
        SourceText source = new("job.yaml", text);
        JobNode? root = YamlReader.Read(source, bag);
        if (root is null)
        {
            return (null, bag);
        }

        CommandLineText arguments = new();
        foreach (string argument in overrides)
        {
            arguments.AddOverride(argument);
        }

        if (root is JobMap map)
        {
            arguments.Apply(map, bag);
        }

        Job job = new JobBinder(bag).Bind(root);
        return (bag.HasErrors ? null : job, bag);
    }

    public static string Mistakes(string text, params string[] overrides) =>
        Read(text, overrides).Bag.Print();

    public static Job Good(string text, params string[] overrides)
    {
        (Job? job, DiagnosticBag bag) = Read(text, overrides);
        return job ?? throw new InvalidOperationException(bag.Print());
    }

    /// <summary>The repository's root.</summary>
    public static string Root()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Dilaton.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? throw new InvalidOperationException("no repository above the tests");
    }
}
