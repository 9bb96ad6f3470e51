using System.Runtime.InteropServices;

namespace Dilaton.Cli;

/// <summary>Jobs of the same folder that an earlier command, or its reader, gave to Slurm: they are
/// waited for before it is decided what is missing.</summary>
internal static class SlurmEarlier
{
    /// <returns>0, or the exit code for the signal that ended the wait, and the jobs with it.</returns>
    /// <exception cref="EngineException">Slurm does not answer.</exception>
    public static int Wait(SweepFolder folder, SlurmScript script)
    {
        int code = 0;
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            Volatile.Write(
                ref code,
                context.Signal == PosixSignal.SIGINT ? ExitCode.Interrupted : ExitCode.Terminated);
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        SlurmQueue queue = new(folder, script.JobName);
        int told = 0;

        // That is our part now.
        queue.CancelGather();
        while (true)
        {
            IReadOnlyDictionary<(long Job, int Task), string> active = queue.Look()
                ?? throw new EngineException($"jobs of this sweep may run: {queue.Trouble}");
            long[] jobs = [.. active.Keys.Select(key => key.Job).Distinct().Order()];
            if (jobs.Length == 0)
            {
                return 0;
            }

            if (Volatile.Read(ref code) != 0)
            {
                SlurmPool.CancelAll(queue, jobs);
                return code;
            }

            if (told != active.Count)
            {
                told = active.Count;
                Console.Error.WriteLine(
                    $"dilaton: waiting for {told} tasks of Slurm's {SlurmQueue.Words(jobs)}, which Ctrl-C ends");
            }

            Thread.Sleep(1000);
        }
    }
}
