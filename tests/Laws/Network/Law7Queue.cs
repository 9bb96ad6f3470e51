using Dilaton.Cli;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Laws;

/// <summary>Law 7: Poisson arrivals at a link wait as M/D/1 says, and Little's law holds.</summary>
public sealed class Law7Queue
{
    private const int BatchFrames = 10_000;

    /// <summary>Mean wait = rho x service / (2 (1 - rho)), within the confidence interval of the
    /// means of batches.</summary>
    [Theory]
    [InlineData(0.2, 121)]
    [InlineData(0.5, 122)]
    [InlineData(0.8, 123)]
    [InlineData(0.9, 124)]
    public void PoissonTraffic_WaitsAsMD1Says(double load, ulong seed)
    {
        QueueExperiment queue = new(LawSubject.Own, load, seed, BatchFrames);
        queue.MeanPs.ShouldBe(queue.ExpectedPs, queue.IntervalPs, $"seed {seed}");

        // A confidence interval that is wide would show nothing.
        queue.IntervalPs.ShouldBeLessThan(queue.ExpectedPs * 0.1);

        // Frames in the queue x time, counted by the queue, are the waits that arrivals show.
        queue.QueueFramesTimePs.ShouldBe(queue.WaitsPs, 1);
        queue.WaitingTimePs.ShouldBe(queue.WaitsPs, 1);
    }
}
