using Dilaton.Core;
using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Net;

public sealed class RttEstimatorTests
{
    private const ulong Second = 1_000_000_000_000;

    [Fact]
    public void WithoutASample_ItIsASecond() =>
        new RttEstimator().Timeout.ShouldBe(VirtualDuration.FromSeconds(1));

    /// <summary>Equal samples R: SRTT stays R, RTTVAR is R/2 times (3/4)^n.</summary>
    [Fact]
    public void EqualSamples_ApproachTheRoundTrip()
    {
        RttEstimator it = new();
        ulong variation = Second / 2;
        for (int i = 0; i < 20; i++)
        {
            it.AddSample(new VirtualDuration(Second));
            it.Timeout.Picoseconds.ShouldBe(Second + (4 * variation));
            variation = 3 * variation / 4;
        }
    }

    [Fact]
    public void ASample_MovesBothByTheRfc()
    {
        RttEstimator it = new();
        it.AddSample(VirtualDuration.FromMilliseconds(800));
        it.AddSample(VirtualDuration.FromMilliseconds(400));
        it.Smoothed.ShouldBe(VirtualDuration.FromMilliseconds(750));
        it.Variation.ShouldBe(VirtualDuration.FromMilliseconds(400));
        it.Timeout.ShouldBe(VirtualDuration.FromMilliseconds(2350));
    }

    [Fact]
    public void Expiries_DoubleUpToTwoMinutes_AndNoFurther()
    {
        RttEstimator it = new();
        it.AddSample(VirtualDuration.FromMicroseconds(10));
        ulong expected = RttEstimator.Min.Picoseconds;
        for (int i = 0; i < 30; i++)
        {
            it.Timeout.Picoseconds.ShouldBe(Math.Min(expected, 120 * Second));
            it.Expired();
            expected = Math.Min(2 * expected, 240 * Second);
        }

        it.Acknowledged();
        it.Timeout.ShouldBe(RttEstimator.Min);
        it.AddSample(VirtualDuration.MaxValue);
        it.Expired();
        it.Timeout.Picoseconds.ShouldBe(120 * Second);
    }
}
