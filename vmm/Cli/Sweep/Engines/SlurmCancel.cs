namespace Dilaton.Cli;

/// <summary>`dilaton sweep --cancel DIR`: ends what Slurm has of a sweep, whoever submitted it.</summary>
internal static class SlurmCancel
{
    /// <exception cref="EngineException">Slurm does not answer.</exception>
    public static int Run(SweepFolder folder)
    {
        DiagnosticBag bag = new();
        SweepRecord record = folder.ReadRecord();
        if (record.Name.Length == 0)
        {
            bag.Error(
                DiagnosticCode.SweepDamaged,
                $"'{folder.Root}' holds no sweep whose jobs could be found",
                "squeue --me shows all of yours; a sweep's are called by its job and 8 hexadecimal digits");
            Console.Error.Write(bag.Print());
            return ExitCode.Usage;
        }

        if (!SweepExecutors.AreThere(SweepExecutor.Slurm, bag))
        {
            Console.Error.Write(bag.Print());
            return ExitCode.EnvironmentMissing;
        }

        SlurmQueue queue = new(folder, SlurmScript.NameOf(folder, record.Name));
        queue.CancelGather();
        IReadOnlyDictionary<(long Job, int Task), string> active = queue.Look()
            ?? throw new EngineException($"jobs of this sweep may run: {queue.Trouble}");
        long[] jobs = [.. active.Keys.Select(key => key.Job).Distinct().Order()];
        if (jobs.Length == 0)
        {
            Console.Out.WriteLine("no job of this sweep waits or runs");
            return ExitCode.Ok;
        }

        if (!SlurmPool.CancelAll(queue, jobs))
        {
            return ExitCode.EnvironmentMissing;
        }

        Console.Out.WriteLine(
            $"cancelled {active.Count} tasks of {SlurmQueue.Words(jobs)}; to go on:\n"
                + $"dilaton sweep --resume --executor slurm -o {LaunchPlan.Quoted([folder.Root])}");
        return ExitCode.Ok;
    }
}
