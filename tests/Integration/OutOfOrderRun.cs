using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>A job whose memory a peer times, in order and out of order.</summary>
internal static class OutOfOrderRun
{
    /// <summary>Looks up numbers of a graph that do not depend on one another: as many overlap as there are miss
    /// registers (12), and instructions run meanwhile; fewer, where they wait for one another in the memory (measured:
    /// SST 8.0, gem5 6.5).</summary>
    /// <param name="jobOf">The job of a kernel of the guest `bounds`.</param>
    public static void OverlapsIndependentMisses(Func<string, string> jobOf) =>
        Ratio(jobOf("graph, '60000', '2000'")).ShouldBeInRange(4m, 13m);

    /// <summary>A chain takes the same: of its some 100 cycles a miss, the set `inorder` hides the L1 hit's 4 and
    /// the other the 1.5 of its own instructions (measured: SST 0.975, gem5 1.003).</summary>
    public static void OverlapsNoChain(Func<string, string> jobOf) =>
        Ratio(jobOf("chase, '20000', '1000'")).ShouldBeInRange(0.95m, 1.05m);

    /// <summary>Sorts: the simulator's engine stalls for wrong branches as the worker's does, or the run would
    /// end. Each takes the penalty of 15 cycles or longer, as what it looks at may be on its way; some of that may
    /// have been told as another cause (docs/time.md, 1.1a).</summary>
    public static void StallsForWrongBranches(Func<string, string> jobOf)
    {
        Run run = Run.Job(
            jobOf("sort, '500'"), "events.level=full", "events.regionMarks=statistics", "cores.model.kind=interval",
            "cores.model.branchPredictor=gshare");
        run.ExitCode.ShouldBe(0, run.Error);
        run.AddsUp(1);
        decimal wrong = run.Statistic("vcpu0.branchMispredictions");
        wrong.ShouldBeGreaterThan(500);
        run.Statistic("vcpu0.cycles.stall.branch").ShouldBeGreaterThan(10 * wrong);
    }

    /// <summary>Stall for the memory in order, by that out of order, between the guest's marks.</summary>
    private static decimal Ratio(string job)
    {
        decimal Stall(string kind)
        {
            Run run = Run.Job(
                job, "events.level=full", "events.regionMarks=statistics", $"cores.model.kind={kind}",
                "cores.model.cpi=1/4");
            run.ExitCode.ShouldBe(0, run.Error);
            run.AddsUp(1);
            return run.Statistic("vcpu0.cycles.stall.memory");
        }

        return Stall("inorder") / Stall("interval");
    }
}
