using Dilaton.Core;
using Dilaton.Kvm;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>What a vCPU of a program guest does at CPL 3.</summary>
public sealed class EngineTests
{
    // inc rbx; syscall; jmp back
    private static readonly byte[] s_calls = [0x48, 0xFF, 0xC3, 0x0F, 0x05, 0xEB, 0xF9];

    private static readonly byte[] s_forever = [0xEB, 0xFE];

    [NeedsKvmFact]
    public void SystemCall_LeavesAfterItWithItsRegisters()
    {
        using TestProcess process = new(s_calls);
        process.Vcpu.Registers.Rax = 0x1234_5678_9ABC_DEF0;
        process.Vcpu.Registers.R15 = ulong.MaxValue;
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.SystemCall);
        exit.Units.ShouldBeGreaterThan(0UL);
        exit.Instructions.ShouldBe(0UL);
        ref GuestRegisters registers = ref process.Vcpu.Registers;
        registers.Rip.ShouldBe(TestProcess.Code + 5);
        registers.Rcx.ShouldBe(registers.Rip);
        registers.Rax.ShouldBe(0x1234_5678_9ABC_DEF0UL);
        registers.Rbx.ShouldBe(1UL);
        registers.R15.ShouldBe(ulong.MaxValue);
        registers.Rsp.ShouldBe(TestProcess.DataEnd);
    }

    /// <summary>Also when slices end at any point of the way out.</summary>
    [NeedsKvmTheory]
    [InlineData(1u)]
    [InlineData(20_000u)]
    [InlineData(45_000u)]
    [InlineData(1_000_000u)]
    public void ManyCalls_LoseNothing_WhateverTheBudget(uint budget)
    {
        const int Calls = 500;
        using TestProcess process = new(s_calls);
        for (int i = 1; i <= Calls; i++)
        {
            process.RunToExit(budget).Reason.ShouldBe(ExitReason.SystemCall);
            process.Vcpu.Registers.Rbx.ShouldBe((ulong)i);
            process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code + 5);
        }

        process.Engine.Exits.CountOf("systemCall").ShouldBe((ulong)Calls);
        process.Engine.Exits.CountOf("pageFill").ShouldBe(1UL);
        process.Engine.Exits.CountOf("exception").ShouldBe(0UL);
    }

    /// <summary>The way in alone takes longer, where kernel mode is emulated.</summary>
    [NeedsKvmFact]
    public void ASlice_HoweverShort_MovesTheGuest()
    {
        // inc rbx; jmp back. The first slices bring the code's page.
        using TestProcess process = new([0x48, 0xFF, 0xC3, 0xEB, 0xFB]);
        process.Vcpu.Run(10_000_000);
        for (int i = 0; i < 50; i++)
        {
            GuestRegisters before = process.Vcpu.Registers;
            process.Vcpu.Run(1).Reason.ShouldBe(ExitReason.BudgetExhausted);
            (process.Vcpu.Registers == before).ShouldBeFalse();
        }
    }

    [NeedsKvmFact]
    public void EndlessLoop_EndsWithItsBudgetUsedUp()
    {
        using TestProcess process = new(s_forever);
        for (int i = 0; i < 5; i++)
        {
            VcpuExit exit = process.Vcpu.Run(2_000_000);
            exit.Reason.ShouldBe(ExitReason.BudgetExhausted);
            exit.Units.ShouldBeGreaterThanOrEqualTo(2_000_000UL);
            process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code);
        }

        process.Engine.Overshoot.Count.ShouldBe(5UL);
        process.Engine.Overshoot.MaxNanoseconds.ShouldBeGreaterThan(0);
    }

    /// <summary>Whatever was left of the timer when the last call came.</summary>
    [NeedsKvmFact]
    public void AnEndlessLoopAfterManyCalls_EndsWithItsBudgetUsedUp()
    {
        // loop: dec rbx; jz itself; syscall; jmp loop
        using TestProcess process = new(
            [0x48, 0xFF, 0xCB, 0x74, 0xFE, 0x0F, 0x05, 0xEB, 0xF7]);
        foreach (ulong calls in new ulong[] { 1, 2, 3, 10, 30, 100 })
        {
            process.Vcpu.Registers.Rip = TestProcess.Code;
            process.Vcpu.Registers.Rbx = calls;
            ulong made = 0;
            VcpuExit exit = process.Vcpu.Run(1_000_000);
            while (exit.Reason == ExitReason.SystemCall)
            {
                made++;
                exit = process.Vcpu.Run(1_000_000);
            }

            exit.Reason.ShouldBe(ExitReason.BudgetExhausted);
            exit.Units.ShouldBeGreaterThanOrEqualTo(1_000_000UL);
            made.ShouldBeLessThan(calls);
        }
    }

    /// <summary>A thread that moves to another host thread, as a node may between slices.</summary>
    [NeedsKvmFact]
    public void AnotherThread_MayGoOn()
    {
        using TestProcess process = new(s_forever);
        process.Vcpu.Run(100_000).Reason.ShouldBe(ExitReason.BudgetExhausted);
        VcpuExit exit = default;
        Thread other = new(() => exit = process.Vcpu.Run(100_000));
        other.Start();
        other.Join();
        exit.Reason.ShouldBe(ExitReason.BudgetExhausted);
        process.Vcpu.Run(100_000).Reason.ShouldBe(ExitReason.BudgetExhausted);
    }

    [NeedsKvmFact]
    public void Vcpus_HaveStateOfTheirOwn()
    {
        using TestProcess process = new(s_calls, vcpus: 3);
        for (int i = 0; i < process.Engine.Vcpus.Count; i++)
        {
            process.Engine.Vcpus[i].Registers.Rbx = (ulong)(i * 100);
        }

        for (int turn = 1; turn <= 20; turn++)
        {
            for (int i = 0; i < process.Engine.Vcpus.Count; i++)
            {
                IVcpu vcpu = process.Engine.Vcpus[i];
                VcpuExit exit = vcpu.Run(10_000_000);
                exit.Reason.ShouldBe(ExitReason.SystemCall);
                vcpu.Registers.Rbx.ShouldBe((ulong)((i * 100) + turn));
            }
        }
    }

    [NeedsKvmFact]
    public void SegmentBases_GoInAndOut()
    {
        // mov rax, fs:[0]; rdgsbase rbx; wrfsbase rcx; syscall
        using TestProcess process = new(
        [
            0x64, 0x48, 0x8B, 0x04, 0x25, 0, 0, 0, 0, 0xF3, 0x48, 0x0F, 0xAE, 0xCB, 0xF3, 0x48,
            0x0F, 0xAE, 0xD1, 0x0F, 0x05,
        ]);
        process.Bytes(TestProcess.Data, 8).Fill(0x11);
        process.Vcpu.Registers.FsBase = TestProcess.Data;
        process.Vcpu.Registers.GsBase = 0x7777_0000;
        process.Vcpu.Registers.Rcx = 0x1000;
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rax.ShouldBe(0x1111_1111_1111_1111UL);
        process.Vcpu.Registers.Rbx.ShouldBe(0x7777_0000UL);
        process.Vcpu.Registers.FsBase.ShouldBe(0x1000UL);
    }

    [NeedsKvmFact]
    public void ExtendedState_GoesInAndOut()
    {
        // vpaddq ymm1, ymm0, ymm0; fld1; syscall
        using TestProcess process = new(
            [0xC5, 0xFD, 0xD4, 0xC8, 0xD9, 0xE8, 0x0F, 0x05]);
        Span<byte> state = process.Vcpu.ExtendedState;
        state.Clear();
        state[0] = 0x7F;
        state[1] = 3;
        state[ExtendedState.MxcsrOffset] = 0x80;
        state[ExtendedState.MxcsrOffset + 1] = 0x1F;
        state[ExtendedState.XmmOffset] = 3;
        state[ExtendedState.YmmHighOffset + 8] = 4;
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        state = process.Vcpu.ExtendedState;
        state[ExtendedState.XmmOffset].ShouldBe((byte)3);
        state[ExtendedState.XmmOffset + 16].ShouldBe((byte)6);
        state[ExtendedState.YmmHighOffset + 16 + 8].ShouldBe((byte)8);

        // st0 is 1.0: exponent 3fff, and the explicit leading bit.
        state[32 + 7].ShouldBe((byte)0x80);
        state[32 + 9].ShouldBe((byte)0x3F);
    }

    [NeedsKvmFact]
    public void TimestampRead_LeavesWhereTheProbeSaysSo()
    {
        // rdtsc; syscall
        using TestProcess process = new([0x0F, 0x31, 0x0F, 0x05]);
        VcpuExit exit = process.RunToExit();
        bool traps = NeedsKvmFactAttribute.Report.TrapsTimestamp;
        exit.Reason.ShouldBe(traps ? ExitReason.TimestampRead : ExitReason.SystemCall);
        process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code + (traps ? 2UL : 4UL));
        ((process.Engine.Traits & EngineTraits.DilatesTsc) != 0).ShouldBe(traps);
    }

    [NeedsKvmFact]
    public void RegionMark_LeavesWithItsFunction()
    {
        // m5op 0x5a; syscall
        using TestProcess process = new([0x0F, 0x04, 0x5A, 0x00, 0x0F, 0x05]);
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.RegionMark);
        exit.Code.ShouldBe(0x5A);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
    }

    [NeedsKvmFact]
    public void TakenRights_FaultAtOnce_AndGivenOnesHoldAtOnce()
    {
        // mov [0x600000], rbx; syscall; jmp back
        using TestProcess process = new(
            [0x48, 0x89, 0x1C, 0x25, 0, 0, 0x60, 0, 0x0F, 0x05, 0xEB, 0xF4]);
        GuestPageRun writable = process.RunAt(TestProcess.Data);
        GuestPageRun readable = writable with { MayWrite = false };
        for (int i = 0; i < 20; i++)
        {
            process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
            process.Replace(writable, readable);
            VcpuExit exit = process.RunToExit();
            exit.Reason.ShouldBe(ExitReason.Fault);
            exit.Vector.ShouldBe(FaultVector.PageFault);
            exit.Access.ShouldBe(FaultAccess.Write);
            exit.FaultAddress.ShouldBe(TestProcess.Data);
            process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code);
            process.Replace(readable, writable);
        }
    }

    [NeedsKvmFact]
    public void CodeThatMayNoLongerRun_Faults()
    {
        using TestProcess process = new(s_calls);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        GuestPageRun code = process.RunAt(TestProcess.Code);
        process.Replace(code, code with { MayExecute = false });
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.Fault);
        exit.Access.ShouldBe(FaultAccess.Execute);
    }

    [Fact]
    public void AHostThatCannot_IsRefusedWithItsReason()
    {
        KvmEngineOptions options = new()
        {
            VcpuCount = 1,
            Host = new KvmReport
            {
                Availability = KvmAvailability.Forbidden,
                Reason = "open on /dev/kvm failed: Permission denied (errno 13)",
            },
        };
        Should.Throw<ConfigException>(options.Validate).Message.ShouldContain("Permission denied");
    }
}
