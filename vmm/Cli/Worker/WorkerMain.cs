using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>`dilaton worker`: the process of one node or of several. Takes its part of the resolved
/// job from its front, runs the nodes, and streams what becomes of them. Started by
/// <see cref="WorkerProcess"/> only.</summary>
internal static class WorkerMain
{
    /// <param name="arguments">Front's process id, descriptors of the pipe from and to it.</param>
    public static int Execute(IReadOnlyList<string> arguments)
    {
        if (arguments.Count != 3
            || !int.TryParse(arguments[0], CultureInfo.InvariantCulture, out int front))
        {
            Console.Error.WriteLine("dilaton: error: `worker` is started by `run` and `launch`");
            return ExitCode.Usage;
        }

        WorkerHost.IgnoreTerminalSignals();
        if (!WorkerHost.DieWithParent(front))
        {
            return ExitCode.PeerFailed;
        }

        // Never disposed: a thread reads it to the end of the process, and would be waited for.
        AnonymousPipeClientStream fromFront = new(PipeDirection.In, arguments[1]);
        StreamReader reader = new(fromFront);
        using var toFront = new AnonymousPipeClientStream(PipeDirection.Out, arguments[2]);
        using WorkerLink link = new(toFront);
        WorkerPlace place = WorkerPlaceJson.Read(reader.ReadLine() ?? "");
        Job job = ReadJob(reader.ReadLine() ?? "");
        return Run(job, place, reader, link);
    }

    private static Job ReadJob(string line)
    {
        DiagnosticBag bag = new();
        Job job = new JobBinder(bag).Bind(JsonTree.Read(Encoding.UTF8.GetBytes(line)));
        return bag.HasErrors ? throw new InvariantException(bag.Print()) : job;
    }

    private static int Run(
        Job job, WorkerPlace place, StreamReader commands, WorkerLink link)
    {
        try
        {
            if (job.HasSystem())
            {
                RunSystem(job, place.Nodes[0], commands, new NodeLink(link, place.Nodes[0].Index));
                return ExitCode.Ok;
            }

            using WorkerRun nodes = new(job, place, link);
            StartCommandThread(commands, command => Do(command, nodes));
            nodes.Run();
            return ExitCode.Ok;
        }
        catch (Exception e)
        {
            string[] lines = [$"{e.GetType().Name}: {e.Message}", .. Trace(e)];
            foreach (NodePlace node in place.Nodes)
            {
                link.Send(new WorkerMessage
                {
                    Kind = WorkerMessageKind.Failed,
                    Node = node.Index,
                    Lines = lines,
                });
            }

            return ExitCode.Bug;
        }
    }

    private static string[] Trace(Exception e) => (e.StackTrace ?? "").Split('\n');

    private static void Do(string command, WorkerRun nodes)
    {
        string[] words = command.Split(' ');
        switch (words[0])
        {
            case WorkerCommand.Stop:
                nodes.RequestStop();
                break;
            case WorkerCommand.Stand:
                nodes.Stand();
                break;
            case WorkerCommand.Go:
                nodes.Release();
                break;
            case WorkerCommand.Rates:
                nodes.ChangeRates(
                    int.Parse(words[1], CultureInfo.InvariantCulture),
                    new VirtualTime(ulong.Parse(words[2], CultureInfo.InvariantCulture)),
                    RatioText.TryParse(words[3], out Ratio factor, out string? why)
                        ? factor
                        : throw new InvariantException(why!));
                break;
            case WorkerCommand.PeerEnded:
                nodes.PeerEnded(command[(WorkerCommand.PeerEnded.Length + 1)..]);
                break;
            default:
                throw new InvariantException($"a front says '{command}'");
        }
    }

    private static void RunSystem(Job job, NodePlace place, StreamReader commands, NodeLink link)
    {
        using SystemWorker? system = SystemWorker.TryCreate(job, place, link);
        if (system is not null)
        {
            // It has no peers, and nobody but the front and its network's coordinator speaks to it.
            StartCommandThread(commands, command => Do(command, system));
            system.Run();
        }
    }

    private static void Do(string command, SystemWorker system)
    {
        switch (command)
        {
            case WorkerCommand.Stop:
                system.RequestStop();
                break;
            case WorkerCommand.Stand:
                system.Stand();
                break;
            case WorkerCommand.Go:
                system.Release();
                break;
            default:
                throw new InvariantException($"a front says '{command}'");
        }
    }

    private static void StartCommandThread(StreamReader commands, Action<string> act)
    {
        Thread thread = new(() =>
        {
            while (commands.ReadLine() is { } command)
            {
                act(command);
            }

            // The front is gone, and with it everybody who could want a result.
            Environment.FailFast(null);
        })
        {
            IsBackground = true,
            Name = "commands",
        };
        thread.Start();
    }
}
