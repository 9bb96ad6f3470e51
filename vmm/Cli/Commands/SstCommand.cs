using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton sst`: what helps with SST as a peer.</summary>
internal static class SstCommand
{
    public static Command Build()
    {
        Command command = new("sst", "About SST as a peer.");
        command.Add(BuildInfo());
        command.Add(SstSdlCommand.Build());
        command.Add(SstReplaceCommand.Build());
        return command;
    }

    private static Command BuildInfo()
    {
        Argument<string?> name = new("LIB[.ELEMENT]")
        {
            Description = "An element library, or one element of it; left out: all libraries.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<bool> json = new("--json") { Description = "As JSON, with everything." };
        Command command = new("info", "Say what the installed element libraries of SST offer.");
        command.Add(name);
        command.Add(json);
        command.SetAction(parsed => Info(parsed.GetValue(name), parsed.GetValue(json)));
        return command;
    }

    private static int Info(string? name, bool json)
    {
        DiagnosticBag bag = new();
        if (SstTools.Find(null) is not { } tools)
        {
            bag.Error(DiagnosticCode.EnvironmentMissing, SstTools.Missing, SstTools.MissingHelp);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }

        bool isOurs = name is not null && SstType.Parse(name).Library == Bridges.SstElementLibrary;
        if (isOurs && !BridgeBuild.Run(Bridges.BuildScript(PeerKind.Sst)!))
        {
            return ExitCode.EnvironmentMissing;
        }

        try
        {
            string? text = Describe(new SstCatalogue(tools), name, json, bag);
            Console.Error.Write(bag.Print());
            Console.Out.Write(text);
            return text is null ? ExitCode.Usage : ExitCode.Ok;
        }
        catch (SstToolException e)
        {
            bag.Error(DiagnosticCode.EnvironmentMissing, e.Message);
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }
    }

    /// <returns>Null if there is no such thing, which was reported.</returns>
    internal static string? Describe(
        SstCatalogue catalogue, string? name, bool json, DiagnosticBag bag)
    {
        if (name is null)
        {
            IReadOnlyList<SstLibrary> all = catalogue.All();
            return json ? SstInfoJson.Of(all) : SstInfoText.Of(all);
        }

        SstType type = SstType.Parse(name);
        if (SstLookup.Library(catalogue, type, "", bag) is not { } library)
        {
            return null;
        }

        if (type.Element.Length == 0)
        {
            return json ? SstInfoJson.Of([library]) : SstInfoText.Of(library);
        }

        return SstLookup.Element(library, type, "", bag) is not { } element
            ? null
            : json
                ? SstInfoJson.Of([library with { Elements = [element] }])
                : SstInfoText.Of(library, element);
    }
}
