using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton sst replace`: another processor in an SST configuration.</summary>
internal static class SstReplaceCommand
{
    public static Command Build()
    {
        Argument<string> graph = new("GRAPH")
        {
            Description = "An SST configuration: Python, or JSON as SST writes it.",
        };
        Argument<string[]> components = new("COMPONENT")
        {
            Description = "The processor's name in it; several, in the order of their vCPUs.",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<int?> vcpus = new("--vcpus")
        {
            Description = "Keep only the first N ways into memory.",
            HelpName = "N",
        };
        Option<string> arguments = new("--model-options")
        {
            Description = "What a Python configuration is given, split at blanks.",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };
        Option<string> output = new("--output", "-o")
        {
            Description = "The new configuration, JSON: the config of a peer of kind sst.",
            HelpName = "OUT.json",
            Required = true,
        };
        Command command = new(
            "replace", "Put our vCPUs in the place of Ariel, Miranda or another processor.");
        command.Add(graph);
        command.Add(components);
        command.Add(vcpus);
        command.Add(arguments);
        command.Add(output);
        command.SetAction(parsed => Replace(
            parsed.GetValue(graph)!,
            parsed.GetValue(arguments)!.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            parsed.GetValue(components)!,
            parsed.GetValue(vcpus),
            parsed.GetValue(output)!));
        return command;
    }

    private static int Replace(
        string config, string[] arguments, string[] components, int? vcpus, string output)
    {
        DiagnosticBag bag = new();
        if (SstTools.Find(null) is not { } tools)
        {
            bag.Error(DiagnosticCode.EnvironmentMissing, SstTools.Missing, SstTools.MissingHelp);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }

        IReadOnlyList<string>? notes = null;
        if (!File.Exists(config))
        {
            bag.Error(DiagnosticCode.PathNotFound, $"there is no file '{config}'");
        }
        else if (Path.GetExtension(output) != ".json")
        {
            bag.Error(
                DiagnosticCode.BadName, $"-o {output}: SST reads JSON from files named .json only");
        }
        else if (SstScript.Read(tools, new SstCatalogue(tools), config, arguments, "", bag)
            is { } graph)
        {
            notes = SstReplacement.Apply(graph, components, vcpus, bag);
            if (notes is not null)
            {
                Write(output, graph, bag);
            }
        }

        Console.Error.Write(bag.Print());
        if (bag.HasErrors || notes is null)
        {
            return ExitCode.Usage;
        }

        Console.Out.Write(string.Concat(notes.Select(note => $"{note}\n")));
        int count = notes.Count(note => note.StartsWith("kept:", StringComparison.Ordinal));
        Console.Out.Write($"""

            In the job, where the graph's first caches are its L1:
              nodes:
                - cores: {"{"}count: {count}{"}"}
                  memory: {"{"}cut: none, peer: memory{"}"}
              peers:
                - {"{"}name: memory, kind: sst, config: {output}{"}"}

            """);
        return ExitCode.Ok;
    }

    private static void Write(string output, SstGraph graph, DiagnosticBag bag)
    {
        try
        {
            File.WriteAllText(output, graph.Write());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            bag.Error(
                DiagnosticCode.OutputFolderUnwritable, $"{output} can't be written: {e.Message}");
        }
    }
}
