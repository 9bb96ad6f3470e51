using System.Runtime.InteropServices;
using System.Text.Json;

namespace Dilaton.Cli;

/// <summary>`dilaton launch --executor slurm`: gives a job on several hosts to Slurm, and waits for
/// its results.</summary>
internal static class SlurmLaunch
{
    /// <summary>Looks at the queue without an answer, or for results of a job that is not in it: other
    /// hosts' files may come late, and controllers are restarted.</summary>
    private const int SilentMax = 40;
    private const int MissedMax = 10;

    private static readonly TimeSpan s_submitMax = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_callMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromSeconds(1);

    public static int Run(LaunchRequest request, LoadedJob job, string folder)
    {
        DiagnosticBag bag = new();
        if (!SlurmLaunchScript.Fits(job.Resolved, bag)
            || (!request.PlanOnly && !SweepExecutors.AreThere(SweepExecutor.Slurm, bag)))
        {
            Console.Error.Write(bag.Print());
            return bag.Items[0].Code == DiagnosticCode.EnvironmentMissing
                ? ExitCode.EnvironmentMissing
                : ExitCode.Usage;
        }

        if (ResultFolder.Create(folder, request.Force, bag) is not { } results)
        {
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        SlurmLaunchScript script = new(request, job.Resolved, results.Root, request.SlurmOptions);
        string path = results.PathOf(SlurmLaunchScript.FileName);
        File.WriteAllText(path, script.Text());
        if (request.PlanOnly)
        {
            Console.Error.WriteLine($"dilaton: nothing was submitted; sbatch {path} does");
            return ExitCode.Ok;
        }

        try
        {
            return Follow(request, results, script, path);
        }
        catch (EngineException e)
        {
            bag.Error(DiagnosticCode.SweepEngine, e.Message);
            Console.Error.Write(bag.Print());
            return ExitCode.PeerFailed;
        }
    }

    /// <exception cref="EngineException">Slurm refused, does not answer, or left no result.
    /// </exception>
    private static int Follow(
        LaunchRequest request, ResultFolder results, SlurmLaunchScript script, string path)
    {
        if (!EngineTools.Run(results.Root, ["sbatch", "--parsable", path], s_submitMax, out string said))
        {
            throw new EngineException($"{path} was not taken: {said}");
        }

        string number = said.Trim().Split(';')[0];
        if (!request.Quiet)
        {
            Console.Error.WriteLine($"dilaton: Slurm's job {number}, {path}");
        }

        bool isStopped = false;
        using PosixSignalRegistration interrupt =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate =
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        Await(results, script.JobName);
        if (isStopped)
        {
            return ExitCode.Interrupted;
        }

        (int code, string reason) = Read(results) ?? throw new EngineException(
            $"Slurm's job {number} left no result; what it said is in "
                + results.PathOf($"slurm-{number}.txt"));
        if (!request.Quiet || code != ExitCode.Ok)
        {
            Console.Error.WriteLine($"dilaton: {reason}; results: {results.Root}");
        }

        return code;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            isStopped = true;
            EngineTools.Run(results.Root, ["scancel", number], s_callMax, out _);
        }
    }

    /// <summary>Until no component is in the queue, and the results are there or will not come.
    /// </summary>
    private static void Await(ResultFolder results, string name)
    {
        int missed = 0;
        int silent = 0;
        while (missed < MissedMax)
        {
            Thread.Sleep(s_betweenLooks);
            if (!EngineTools.Run(
                results.Root,
                ["squeue", "--me", "-h", "--name", name, "-o", "%T"],
                s_callMax,
                out string said))
            {
                silent++;
                if (silent > SilentMax)
                {
                    throw new EngineException(
                        $"squeue has failed {silent} times; the job may go on: {said}");
                }

                continue;
            }

            silent = 0;
            if (said.Trim().Length == 0)
            {
                if (File.Exists(results.PathOf("result.json")))
                {
                    return;
                }

                missed++;
            }
        }
    }

    private static (int Code, string Reason)? Read(ResultFolder results)
    {
        try
        {
            using JsonDocument document =
                JsonDocument.Parse(File.ReadAllBytes(results.PathOf("result.json")));
            return (
                document.RootElement.GetProperty("exitCode").GetInt32(),
                document.RootElement.GetProperty("reason").GetString()!);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
