using Dilaton.Time;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit;

/// <summary>What a process was stopped for is no host time; what it waited for a processor is.</summary>
public sealed class StopLedgerTests
{
    private const long Millisecond = 1_000_000;

    [Fact]
    public void AStop_IsLeftOut_AndShowsForAMomentAtMost()
    {
        StopLedger ledger = Looked(out long now);

        // Stopped in the middle of a period, for 2 s.
        now += 2_000 * Millisecond;
        long before = ledger.Known(now);
        before.ShouldBe(10 * Millisecond + StopLedger.TrustNanoseconds);
        now += StopLedger.PeriodNanoseconds;
        ledger.Look(now, 0);
        ledger.Count.ShouldBe(1);
        ledger.TotalNanoseconds.ShouldBe(2_000 * Millisecond);
        ledger.Known(now).ShouldBe(12 * Millisecond);
    }

    [Fact]
    public void ABusyHost_StopsNothing()
    {
        StopLedger ledger = Looked(out long now);
        now += 300 * Millisecond + StopLedger.PeriodNanoseconds;
        ledger.Look(now, 300 * Millisecond);
        ledger.Count.ShouldBe(0);
        ledger.Known(now).ShouldBe(now);
    }

    [Fact]
    public void AStopOnABusyHost_IsWhatWasNotWaitedFor()
    {
        StopLedger ledger = Looked(out long now);
        ledger.Look(now + 500 * Millisecond + StopLedger.PeriodNanoseconds, 200 * Millisecond);
        ledger.TotalNanoseconds.ShouldBe(300 * Millisecond);
    }

    [Fact]
    public void WhatARuntimeDoesOfItself_IsNoStop()
    {
        StopLedger ledger = Looked(out long now);
        ledger.Look(now + StopLedger.LeastNanoseconds + StopLedger.PeriodNanoseconds - 1, 0);
        ledger.Count.ShouldBe(0);
    }

    /// <summary>Has looked for 10 ms.</summary>
    private static StopLedger Looked(out long now)
    {
        StopLedger ledger = new();
        ledger.Begin(0, 0);
        now = 0;
        for (int i = 0; i < 5; i++)
        {
            now += StopLedger.PeriodNanoseconds;
            ledger.Look(now, 0);
        }

        return ledger;
    }
}
