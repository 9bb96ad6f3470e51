namespace Dilaton.Cli;

/// <summary>Where a run's host time went, as far as host.json tells.</summary>
internal static class HostWords
{
    public static IEnumerable<string> Of(RunFacts run, HostTrack host)
    {
        double wall = Value(run, "wallSeconds");
        double cpu = Value(run, "cpuSeconds");
        if (!(wall > 0) || !(cpu > 0))
        {
            yield break;
        }

        double slowdown = Value(run, "slowdown");
        yield return $"On the host it took {MetricScale.Show(wall, "Second")}"
            + (slowdown > 0 ? $", {NumberText.Short(slowdown)} times the virtual time (slowdown)" : "")
            + $", and {MetricScale.Show(cpu, "Second")} of processor time: {Shares(run, cpu)}.";
        (string name, double seconds) = Largest(run);
        yield return $"Host time is limited by {name}: halving it would save at most "
            + $"{NumberText.Percent(seconds / cpu / 2)} of the processor time (Amdahl's bound).";
        double wait = Value(run, "peerWaitSeconds");
        if (wait > 0)
        {
            yield return $"Workers waited {MetricScale.Show(wait, "Second")} for their peers, all workers "
                + "together: peers that answered at once would save at most "
                + $"{NumberText.Percent(Math.Min(1, wait / wall))} of the host time.";
        }

        if (host.Waits.Count > 0)
        {
            string all = string.Join("; ", host.Waits.Select(w => $"{w.Text} for {NumberText.Percent(w.Share)}"));
            yield return $"Who waited for whom, of the host time: {all}. If the first took no time, at most "
                + $"{NumberText.Percent(host.Waits[0].Share)} of it would be saved.";
        }
    }

    private static string Shares(RunFacts run, double cpu) => string.Join(", ", Parts(run)
        .Where(p => p.Seconds > 0)
        .Select(p => $"{p.Name} {NumberText.Percent(p.Seconds / cpu)}"));

    private static (string Name, double Seconds) Largest(RunFacts run) => Parts(run).MaxBy(p => p.Seconds);

    private static IEnumerable<(string Name, double Seconds)> Parts(RunFacts run) =>
    [
        ("the workers (translator, memory models, node kernels)", Value(run, "workerCpuSeconds")),
        ("the front process (coordination, network model)", Value(run, "frontCpuSeconds")),
        ("the peers (simulators)", Value(run, "peerCpuSeconds")),
    ];

    private static double Value(RunFacts run, string name)
    {
        double value = JsonText.Number(run.Host?[name]);
        return double.IsNaN(value) ? 0 : value;
    }
}
