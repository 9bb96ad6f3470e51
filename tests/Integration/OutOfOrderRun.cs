using Shouldly;

namespace Dilaton.Tests.Integration;

/// <summary>A job whose memory a peer times, in order and out of order.</summary>
internal static class OutOfOrderRun
{
    /// <summary>Stall for the memory in order, by that out of order, between the guest's marks.</summary>
    public static decimal Ratio(string job)
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
