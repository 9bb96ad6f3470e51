using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>`dilaton worker`: a node's process. Takes the resolved job from its front, runs the
/// node, and streams what becomes of it. Started by <see cref="WorkerProcess"/> only.</summary>
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
        NodePlace place = NodePlaceJson.Read(reader.ReadLine() ?? "");
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
        Job job, NodePlace place, StreamReader commands, WorkerLink link)
    {
        try
        {
            using NodeWorker node = new(job, place, link);
            StartCommandThread(commands, node);
            node.Run();
            return ExitCode.Ok;
        }
        catch (Cosim.PeerFaultException e)
        {
            link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.PeerFailed,
                Lines = [e.Message],
            });
            return ExitCode.Ok;
        }
        catch (Exception e) when (Refusal(e) is not null)
        {
            link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.Refused,
                Lines = [Refusal(e)!],
            });
            return ExitCode.Ok;
        }
        catch (Exception e)
        {
            link.Send(new WorkerMessage
            {
                Kind = WorkerMessageKind.Failed,
                Lines = [$"{e.GetType().Name}: {e.Message}", .. Trace(e)],
            });
            return ExitCode.Bug;
        }
    }

    /// <summary>Failures that are the guest's or the operator's, not ours.</summary>
    private static string? Refusal(Exception e) => e switch
    {
        ConfigException config => config.Message,
        Guest.GuestLoadException load => load.Message,
        Cosim.UnsupportedGuestException unsupported => unsupported.Message,
        _ => null,
    };

    private static string[] Trace(Exception e) => (e.StackTrace ?? "").Split('\n');

    private static void StartCommandThread(StreamReader commands, NodeWorker node)
    {
        Thread thread = new(() =>
        {
            while (commands.ReadLine() is { } command)
            {
                if (command == WorkerCommand.Stop)
                {
                    node.RequestStop();
                }
                else if (command.StartsWith(WorkerCommand.PeerEnded, StringComparison.Ordinal))
                {
                    node.PeerEnded(command[(WorkerCommand.PeerEnded.Length + 1)..]);
                }
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
