using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Who may be in the guest; no KVM is needed. What a turn took is what its vCPU says.</summary>
public sealed class VcpuTurnsTests
{
    private const long Slice = VcpuTurns.SliceNanoseconds;

    [Fact]
    public void WithProcessorsForAll_NobodyWaits()
    {
        using VcpuTurns turns = new(2, 2);
        turns.TakesTurns.ShouldBeFalse();
        turns.Enter(0, 0).ShouldBe(long.MaxValue);
        turns.Enter(1, 0).ShouldBe(long.MaxValue);
        turns.Leave(1, 5);
        Statistics(turns).ShouldBeEmpty();
    }

    /// <summary>Of vCPUs whose slices all end late, each by its own amount, every one gets its
    /// part within 1 % of what 200 rounds take, and none is ever further ahead than the longest turn.</summary>
    [Fact]
    public void Sixteen_OnOneProcessor_HaveEqualShares_ThoughSlicesEndLate()
    {
        const int Count = 16;
        const int Rounds = 200;
        using VcpuTurns turns = new(Count, 1);
        long[] had = new long[Count];
        long all = 0;
        Run(Count, (vcpu, turn) =>
        {
            while (turns.Enter(vcpu, turn) > 0)
            {
                turn = Slice + (vcpu * 10_000);
                had[vcpu] += turn;
                if (Interlocked.Add(ref all, turn) >= Rounds * Count * Slice)
                {
                    turns.End();
                }
            }
        });
        double fair = had.Sum() / (double)Count;
        had.ShouldAllBe(each => Math.Abs(each - fair) <= 0.01 * fair);
        Dictionary<string, double> statistics = Statistics(turns);
        statistics["skewMax"].ShouldBeLessThanOrEqualTo((Slice + 150_000) / 1e9);
        statistics["overshootMax"].ShouldBe(150_000 / 1e9);
        statistics.Keys.Count(name => name.StartsWith("share", StringComparison.Ordinal)).ShouldBe(Count);
        statistics.Where(item => item.Key.StartsWith("share", StringComparison.Ordinal)).Sum(item => item.Value)
            .ShouldBe(1, 1e-9);
    }

    /// <summary>On as many processors as there are vCPUs, and on fewer: each gets what its speed says of what the
    /// fastest gets, within a slice, and is ahead of no other one by more than a slice for its speed.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void VcpusOfUnequalSpeeds_HaveThatOfEachOther(int places)
    {
        Ratio[] speeds = [Ratio.One, new(1, 2), new(1, 4), Ratio.One];
        using VcpuTurns turns = new(4, places, speeds);
        turns.TakesTurns.ShouldBeTrue();
        long[] had = new long[4];
        Run(4, (vcpu, turn) =>
        {
            while (turns.Enter(vcpu, turn) > 0)
            {
                turn = Slice;
                had[vcpu] += turn;
                if (had[0] >= 400 * Slice)
                {
                    turns.End();
                }
            }
        });
        for (int i = 0; i < 4; i++)
        {
            ((double)had[i]).ShouldBe(
                400.0 * Slice * speeds[i].Numerator / speeds[i].Denominator, 6 * Slice, $"vCPU {i}");
        }

        Statistics(turns)["skewMax"].ShouldBeLessThanOrEqualTo((Slice + (4 * Slice)) / 1e9);
    }

    [Fact]
    public void WhoIsRecalled_ComesOut_AndTurnsGoOnWhereTheyWere()
    {
        using VcpuTurns turns = new(3, 1);
        using Barrier recalled = new(4);
        int[] entries = new int[3];
        int all = 0;
        Thread control = new(() =>
        {
            turns.Recall();
            recalled.SignalAndWait();
            turns.GoOn();
            recalled.SignalAndWait();
        });
        control.Start();
        Run(3, (vcpu, turn) =>
        {
            while (turns.Enter(vcpu, turn) > 0)
            {
                turn = Slice;
            }

            recalled.SignalAndWait();
            recalled.SignalAndWait();
            for (long last = 0; turns.Enter(vcpu, last) > 0; last = Slice)
            {
                entries[vcpu]++;
                if (Interlocked.Increment(ref all) == 300)
                {
                    turns.End();
                }
            }
        });
        control.Join();
        entries.ShouldAllBe(count => count >= 98 && count <= 102);
        Statistics(turns)["skewMax"].ShouldBeLessThanOrEqualTo(Slice / 1e9);
    }

    private static void Run(int count, Action<int, long> vcpu)
    {
        Thread[] threads = [.. Enumerable.Range(0, count).Select(i => new Thread(() => vcpu(i, 0)))];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
    }

    private static Dictionary<string, double> Statistics(VcpuTurns turns)
    {
        StatisticsList list = new();
        turns.Collect(list);
        return list.Items.ToDictionary(item => item.Name, item => (double)item.Value / (double)item.Divisor);
    }
}
