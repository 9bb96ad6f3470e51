using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Pages that guest code writes are counted, interval by interval.</summary>
public sealed class WrittenPagesTests
{
    private const int Pages = 10;

    // again: mov rdi, rsi; mov ecx, 10; next: inc qword [rdi]; add rdi, 4096; loop next; jmp again
    private static readonly byte[] s_stores =
    [
        0x48, 0x89, 0xf7, 0xb9, Pages, 0, 0, 0,
        0x48, 0xff, 0x07, 0x48, 0x81, 0xc7, 0, 0x10, 0, 0, 0xe2, 0xf4, 0xeb, 0xea,
    ];

    /// <summary>KVM may count a page that it maps writable for a fetch: the code's.</summary>
    [NeedsKvmFact]
    public void EachInterval_HasThePagesThatWereStoredTo()
    {
        Sink sink = new();
        using TestProcess process = new(s_stores, written: 1_000_000, pages: sink);
        process.Vcpu.Registers.Rsi = TestProcess.Data;
        for (int i = 0; i < 10; i++)
        {
            process.Vcpu.Run(2_000_000).Reason.ShouldBe(ExitReason.BudgetExhausted);
        }

        StatisticsList list = new();
        process.Engine.Written!.Collect(list);
        UInt128 intervals = list.Items.Single(s => s.Name == "intervals").Value;
        Statistic workingSet = list.Items.Single(s => s.Name == "workingSet");
        ((int)intervals).ShouldBeInRange(8, 20);
        workingSet.Divisor.ShouldBe(intervals);
        ((int)list.Items.Single(s => s.Name == "workingSetMax").Value).ShouldBeInRange(Pages, Pages + 1);
        ((int)list.Items.Single(s => s.Name == "everWritten").Value).ShouldBeInRange(Pages, Pages + 1);
        sink.Calls.ShouldBe((int)intervals);
        sink.Sum.ShouldBe((ulong)workingSet.Value);

        // All ten in most intervals: a loaded host may let one pass with none.
        sink.Sum.ShouldBeGreaterThan(Pages * (ulong)intervals / 2);
    }

    [NeedsKvmFact]
    public void NobodyCounts_UnlessAsked()
    {
        using TestProcess process = new(s_stores);
        process.Engine.Written.ShouldBeNull();
    }

    private sealed class Sink : IWrittenPagesSink
    {
        public int Calls { get; private set; }

        public ulong Sum { get; private set; }

        public void PagesWritten(VcpuId vcpu, ulong pages)
        {
            Calls++;
            Sum += pages;
        }
    }
}
