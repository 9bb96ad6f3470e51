using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>What a vCPU's detail windows see, and that the guest sees nothing of them. Code begins in a
/// window unless a test says otherwise.</summary>
public sealed class DetailWindowTests
{
    private const ulong TrapFlag = 0x100;
    private const ulong Line = TestProcess.Code & ~63UL;

    [NeedsKvmFact]
    public void EveryAccess_IsSeenWithItsAddressSizeAndKind()
    {
        // mov rax, [rsi]; mov [rsi+8], rax; add [rsi+16], rax; lock inc [rsi+24]; lea rax, [rsi+4];
        // nop [rsi]; movups xmm0, [rsi+rcx*2+56]; push rax; syscall
        RecordingSink sink = new();
        using TestProcess process = Process(
            "488b06 48894608 48014610 f048ff4618 488d4604 0f1f06 0f10444e38 50 0f05", sink);
        process.Vcpu.Registers.Rcx = 4;
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        sink.Records.ShouldBe(
        [
            (Line, 1, MemoryEventKind.Fetch),
            (TestProcess.Data, 8, MemoryEventKind.Load),
            (TestProcess.Data + 8, 8, MemoryEventKind.Store),
            (TestProcess.Data + 16, 8, MemoryEventKind.Modify),
            (TestProcess.Data + 24, 8, MemoryEventKind.Atomic),
            (TestProcess.Data + 64, 16, MemoryEventKind.Load),
            (TestProcess.DataEnd - 8, 8, MemoryEventKind.Store),
        ]);
        sink.Measured.ShouldBe(9UL);
        sink.Fetches.ShouldBe(9UL);

        // Two units an instruction and three a load, as the plan says.
        sink.Units.ShouldBe((9UL * 2) + (4 * 3));
        process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code + 31);
    }

    [NeedsKvmTheory]
    [InlineData(false, 5ul)]
    [InlineData(true, 95ul)]
    public void ARepeatedMove_IsOneInstruction_WithAChunkForEachLine(bool down, ulong offset)
    {
        RecordingSink sink = new();
        using TestProcess process = Process((down ? "fd" : "fc") + " f3a4 fc 0f05", sink);
        ref GuestRegisters registers = ref process.Vcpu.Registers;
        registers.Rcx = 100;
        registers.Rsi = TestProcess.Data + 256 + offset;
        registers.Rdi = TestProcess.Data + 4096 + offset + (down ? 8UL : 3);
        process.Bytes(TestProcess.Data + 128, 512).Fill(7);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        sink.Measured.ShouldBe(4UL);
        foreach (MemoryEventKind kind in new[] { MemoryEventKind.Load, MemoryEventKind.Store })
        {
            var chunks = sink.Records.Where(r => r.Kind == kind).ToList();
            chunks.Sum(c => c.Size).ShouldBe(100);
            chunks.ShouldAllBe(c => c.Address / 64 == (c.Address + c.Size - 1) / 64);
            chunks.Count.ShouldBeLessThan(6);
        }

        process.Bytes(TestProcess.Data + 4096, 256).Count((byte)7).ShouldBe(100);
    }

    [NeedsKvmFact]
    public void WarmupAndWindow_AreAsLongAsTheyShould_AndTheNextOneComes()
    {
        // inc rbx; jmp back
        RecordingSink sink = new();
        using TestProcess process = Process("48ffc3 ebfb", sink, Plan(10, 4));
        while (sink.Windows.Count < 3)
        {
            process.Vcpu.Run(1_000_000).Reason.ShouldBe(ExitReason.BudgetExhausted);
        }

        sink.Windows.ShouldAllBe(isWhole => isWhole);
        sink.Measured.ShouldBe(10UL * (ulong)sink.Windows.Count);
        sink.Warmups.ShouldBe(4UL * (ulong)sink.Windows.Count);
    }

    /// <summary>It executes natively, and its window goes on behind it.</summary>
    [NeedsKvmFact]
    public void ASystemCall_BelongsToTheWindow_AndShowsNoTrapFlag()
    {
        RecordingSink sink = new();
        using TestProcess process = Process("48ffc3 0f05 48ffc3 0f05", sink);
        for (ulong i = 1; i <= 2; i++)
        {
            process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
            (process.Vcpu.Registers.R11 & TrapFlag).ShouldBe(0UL);
            (process.Vcpu.Registers.Rflags & TrapFlag).ShouldBe(0UL);
            process.Vcpu.Registers.Rbx.ShouldBe(i);
            sink.Measured.ShouldBe(2 * i);
        }
    }

    [NeedsKvmFact]
    public void PushedFlags_ShowNoTrapFlag_SinceTheWindowEndsBefore()
    {
        // inc rbx; pushf; pop rax; syscall
        RecordingSink sink = new();
        using TestProcess process = Process("48ffc3 9c 58 0f05", sink);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        (process.Vcpu.Registers.Rax & TrapFlag).ShouldBe(0UL);
        sink.Windows[0].ShouldBeFalse();
    }

    [NeedsKvmFact]
    public void PoppedFlags_DoNotEndAWindow()
    {
        // push 2; popf; inc rbx; inc rbx; syscall
        RecordingSink sink = new();
        using TestProcess process = Process("6a02 9d 48ffc3 48ffc3 0f05", sink);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        sink.Measured.ShouldBe(5UL);
        process.Vcpu.Registers.Rbx.ShouldBe(2UL);
    }

    [NeedsKvmFact]
    public void AFault_IsTheGuests_AndItsInstructionIsNotCounted()
    {
        // inc rbx; mov rax, [rdi]
        RecordingSink sink = new();
        using TestProcess process = Process("48ffc3 488b07", sink);
        process.Vcpu.Registers.Rdi = TestProcess.Nowhere;
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.Fault);
        exit.FaultAddress.ShouldBe(TestProcess.Nowhere);
        process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code + 3);
        sink.Measured.ShouldBe(1UL);
        sink.Records.Count.ShouldBe(1);
    }

    [NeedsKvmFact]
    public void AGather_IsCountedAsUnseen()
    {
        // vpcmpeqd ymm2, ymm2, ymm2; vpxor ymm1, ymm1, ymm1; vpgatherdd ymm0, [rsi+ymm1*4], ymm2; syscall
        RecordingSink sink = new();
        using TestProcess process = Process("c5ed76d2 c5f5efc9 c4e26d90048e 0f05", sink);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        sink.Measured.ShouldBe(4UL);
        sink.Unseen.ShouldBe(1UL);
    }

    /// <summary>Windows anywhere leave a computation what it is.</summary>
    [NeedsKvmFact]
    public void TheGuest_ComputesTheSame()
    {
        // add rbx, rcx; loop back; syscall
        const ulong Turns = 20_000_000;
        RecordingSink sink = new();
        using TestProcess process = Process("4801cb e2fb 0f05", sink, Plan(20, 10, 500_000));
        process.Vcpu.Registers.Rcx = Turns;
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rbx.ShouldBe(Turns * (Turns + 1) / 2);
        sink.Windows.Count.ShouldBeGreaterThan(0);
    }

    private static TestProcess Process(string code, RecordingSink sink, DetailPlan? plan = null)
    {
        TestProcess process = new(
            Convert.FromHexString(code.Replace(" ", "", StringComparison.Ordinal)),
            details: plan ?? Plan(1_000, 0),
            sink: sink);
        process.Vcpu.Registers.Rsi = TestProcess.Data;
        return process;
    }

    /// <param name="every">1: the first window begins at once.</param>
    private static DetailPlan Plan(int window, int warmup, long every = 1) => new()
    {
        EveryNanoseconds = every,
        WindowInstructions = window,
        WarmupInstructions = warmup,
        Seed = 1,
        LineSizeBytes = 64,
        Cost = new CoreCost(new Ratio(2, 1), 3),
    };
}
