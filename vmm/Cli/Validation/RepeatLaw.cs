namespace Dilaton.Cli;

/// <summary>Law 8: the parts of virtual time, and the same bytes whatever the host does.</summary>
internal static class RepeatLaw
{
    private const int Rounds = 50;

    public static IEnumerable<LawCheck> Measure(LawBench bench)
    {
        bench.Tell("law 8: one job on several transports, on a quiet host and a busy one");
        LawRun first = Run(bench, "ring");
        (int wrong, int all) = first.Sums();
        yield return LawCheck.Exact(
            "vCPUs whose time is not the sum of its parts", $"of {all}", wrong, 0);
        yield return LawCheck.Exact(
            "frames that came after their time", "frames",
            (double)first.Statistic("network.sync.frames.late"), 0);
        yield return Difference("the same job again", first, Run(bench, "ring"));
        yield return Difference("the same over local sockets", first, Run(bench, "ipc"));
        yield return Difference("the same over TCP", first, Run(bench, "tcp"));
        yield return Difference("the same on a busy host", first, Busy(bench));
    }

    private static LawCheck Difference(string what, LawRun run, LawRun other) => LawCheck.Exact(
        $"{what}: results that differ", $"of {run.Bytes.Count}",
        run.Bytes.Zip(other.Bytes).Count(pair => pair.First != pair.Second), 0);

    private static LawRun Run(LawBench bench, string transport) => bench.Run(
        [
            new LawNode("answer", LawGuests.Answer(2 * (Rounds + LawGuests.WarmPings), 1, Rounds)),
            new LawNode("ask", LawGuests.Ask([100, 1000], Rounds, [1000], Rounds)),
        ],
        "network: {kind: star}",
        $"sync.transport={transport}");

    private static LawRun Busy(LawBench bench)
    {
        bool isOver = false;
        Thread[] busy = new Thread[Environment.ProcessorCount + 1];
        for (int i = 0; i < busy.Length; i++)
        {
            busy[i] = new Thread(() =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    Thread.SpinWait(1000);
                }
            })
            {
                IsBackground = true,
            };
            busy[i].Start();
        }

        try
        {
            return Run(bench, "ring");
        }
        finally
        {
            Volatile.Write(ref isOver, true);
            Array.ForEach(busy, thread => thread.Join());
        }
    }
}
