using Dilaton.Guest;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Guest.Net;

public sealed class NewRenoTests
{
    private const int Segment = 1000;

    [Theory]
    [InlineData(1460, 14_600)]
    [InlineData(1000, 10_000)]
    [InlineData(8960, 17_920)]
    [InlineData(65_495, 130_990)]
    public void FirstWindow_IsRfc6928s(int segment, int window) =>
        new NewReno(segment).WindowBytes.ShouldBe(window);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void SlowStart_DoublesPerRound_WithAndWithoutDelayedAcknowledgments(int perAck)
    {
        NewReno it = new(Segment);
        for (int round = 0; round < 6; round++)
        {
            int window = it.WindowBytes;
            window.ShouldBe(10 * Segment << round);
            Round(it, perAck);
        }
    }

    [Fact]
    public void CongestionAvoidance_AddsASegmentPerRound()
    {
        NewReno it = Halved(100);
        for (int round = 0; round < 200; round++)
        {
            it.WindowBytes.ShouldBe((50 + round) * Segment);
            Round(it, 1);
        }
    }

    [Fact]
    public void WindowThatWasNotFull_StaysAsItIs()
    {
        NewReno it = new(Segment);
        it.Acknowledged(5 * Segment, wasLimited: false);
        it.WindowBytes.ShouldBe(10 * Segment);
    }

    /// <summary>RFC 6582, section 3.2, step by step.</summary>
    [Fact]
    public void Recovery_InflatesDeflatesAndEndsAtTheThreshold()
    {
        NewReno it = new(Segment);
        it.EnterRecovery(40 * Segment);
        it.ThresholdBytes.ShouldBe(20 * Segment);
        it.WindowBytes.ShouldBe(23 * Segment);
        it.DuplicateInRecovery();
        it.DuplicateInRecovery();
        it.WindowBytes.ShouldBe(25 * Segment);
        it.PartiallyAcknowledged(10 * Segment);
        it.WindowBytes.ShouldBe(16 * Segment);
        it.IsRecovering.ShouldBeTrue();
        it.LeaveRecovery(30 * Segment);
        it.WindowBytes.ShouldBe(20 * Segment);
        it.IsRecovering.ShouldBeFalse();
        it.IsInSlowStart.ShouldBeFalse();
    }

    [Fact]
    public void Expiry_StartsFromOneSegment_AndRepeatedOnesKeepTheThreshold()
    {
        NewReno it = new(Segment);
        it.TimedOut(40 * Segment, isFirst: true);
        (it.WindowBytes, it.ThresholdBytes).ShouldBe((Segment, 20 * Segment));
        it.TimedOut(Segment, isFirst: false);
        (it.WindowBytes, it.ThresholdBytes).ShouldBe((Segment, 20 * Segment));
        it.TimedOut(Segment, isFirst: true);
        it.ThresholdBytes.ShouldBe(2 * Segment);
    }

    /// <summary>Losing one segment of each window of 2W gives windows W to 2W: 3/2 W^2 segments a
    /// cycle, the closed form behind Mathis's law.</summary>
    [Fact]
    public void Sawtooth_CarriesThreeHalvesOfTheSquareOfHalfItsPeak()
    {
        const int Half = 50;
        NewReno it = Halved(2 * Half);
        for (int cycle = 0; cycle < 3; cycle++)
        {
            int segments = 0;
            while (it.WindowBytes < 2 * Half * Segment)
            {
                segments += it.WindowBytes / Segment;
                Round(it, 1);
            }

            segments.ShouldBe((3 * Half * Half / 2) - (Half / 2));
            int flight = it.WindowBytes;
            it.EnterRecovery(flight);
            it.LeaveRecovery(flight);
        }
    }

    private static NewReno Halved(int segments)
    {
        NewReno it = new(Segment);
        it.EnterRecovery(segments * Segment);
        it.LeaveRecovery(segments * Segment);
        return it;
    }

    private static void Round(NewReno it, int perAck)
    {
        int acks = it.WindowBytes / Segment / perAck;
        for (int i = 0; i < acks; i++)
        {
            it.Acknowledged(perAck * Segment, wasLimited: true);
        }
    }
}
