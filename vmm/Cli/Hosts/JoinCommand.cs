using System.CommandLine;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>`dilaton join ENDPOINT --host NAME --key-file FILE`.</summary>
internal static class JoinCommand
{
    public static Command Build()
    {
        Argument<string> endpoint = new("endpoint")
        {
            Description = "Where the front is, as it says: tcp://ADDRESS:PORT.",
        };
        Option<string> host = new("--host")
        {
            Description = "Which of the job's hosts this is.",
            HelpName = "NAME",
            Required = true,
        };
        Option<string> keys = new("--key-file")
        {
            Description = "The job's keys, in a file that nobody else can read; -: standard input.",
            HelpName = "FILE",
            Required = true,
        };
        Command command = new(
            "join", "Run this host's part of a job that was launched on another: docs/howto/several-hosts.md.");
        command.Add(endpoint);
        command.Add(host);
        command.Add(keys);
        command.SetAction(parsed => Execute(
            parsed.GetValue(endpoint)!, parsed.GetValue(host)!, parsed.GetValue(keys)!));
        return command;
    }

    private static int Execute(string endpoint, string host, string keyFile)
    {
        DiagnosticBag bag = new();
        if (KeyFiles.Read(keyFile, bag) is not { } keys)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        try
        {
            using HostAgent agent = new(endpoint, host, keys);
            if (keyFile == KeyFiles.Input)
            {
                EndWithInput(agent);
            }

            if (agent.Run() is not { } why)
            {
                return ExitCode.Ok;
            }

            bag.Error(DiagnosticCode.HostLost, $"host '{host}': {why}");
        }
        catch (TransportException e)
        {
            bag.Error(DiagnosticCode.BadOption, e.Message);
        }

        Console.Error.Write(bag.Print());
        return ExitCode.PeerFailed;
    }

    private static void EndWithInput(HostAgent agent)
    {
        Thread thread = new(() =>
        {
            while (Console.In.ReadLine() is not null)
            {
            }

            agent.TellFrontGone();
        })
        {
            IsBackground = true,
            Name = "input",
        };
        thread.Start();
    }
}
