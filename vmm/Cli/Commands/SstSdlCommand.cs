using System.CommandLine;

namespace Dilaton.Cli;

/// <summary>`dilaton sst sdl`: the SST configuration that a job describes.</summary>
internal static class SstSdlCommand
{
    public static Command Build()
    {
        Argument<string> job = new("JOB.yaml")
        {
            Description = "The job file; - for standard input.",
        };
        Option<string?> peer = new("--peer")
        {
            Description = "Which peer's, if several have a graph.",
            HelpName = "NAME",
        };
        Command command = new("sdl", "Print the SST configuration of a peer that has a graph.");
        command.Add(job);
        command.Add(peer);
        command.SetAction(parsed => Print(parsed.GetValue(job)!, parsed.GetValue(peer)));
        return command;
    }

    private static int Print(string file, string? name)
    {
        DiagnosticBag bag = new();
        JobLoader loader = new(bag);
        CommandLineText nothing = new();
        Job? job = file == "-"
            ? loader.FromText(new SourceText("standard input", Console.In.ReadToEnd()), nothing)
            : loader.FromFile(file, nothing);
        PeerGraphJob? graph = job is null ? null : Choose(job, name, bag);
        Console.Error.Write(bag.Print());
        if (graph is null)
        {
            return ExitCode.Usage;
        }

        Console.Out.Write(SstGraphBuilder.Build(graph));
        return ExitCode.Ok;
    }

    internal static PeerGraphJob? Choose(Job job, string? name, DiagnosticBag bag)
    {
        PeerJob[] all = [.. job.Peers.Where(peer => peer.Graph is not null)];
        PeerJob[] wanted = [.. all.Where(peer => name is null || peer.Name == name)];
        if (wanted.Length == 1)
        {
            return wanted[0].Graph;
        }

        string names = string.Join(", ", all.Select(peer => peer.Name));
        bag.Error(
            DiagnosticCode.BadOption,
            all.Length == 0 ? "no peer of the job has a graph"
                : wanted.Length == 0 ? $"no peer '{name}' has a graph"
                : $"several peers have a graph: {names}",
            all.Length == 0 ? "write graph: instead of config: in a peer of kind sst; docs/job.md"
                : $"--peer {string.Join(" or --peer ", all.Select(peer => peer.Name))}");
        return null;
    }
}
