using System.Globalization;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Instructions that come upon a window leave, say what they want of it, and execute alone. rdi
/// is the window, rsi data, rbx and xmm0 hold values.</summary>
public sealed class TrappedWindowTests
{
    private const ulong Rbx = 0x1122_3344_5566_7788;
    private const ulong There = 0xF1F2_F3F4_F5F6_F7F8;

    [NeedsKvmTheory]
    [InlineData("48 8b 07", "mov rax, [rdi]", 0, 8, MemoryEventKind.Load)]
    [InlineData("0f b6 47 03", "movzx eax, byte [rdi+3]", 3, 1, MemoryEventKind.Load)]
    [InlineData("48 89 5f 10", "mov [rdi+16], rbx", 16, 8, MemoryEventKind.Store)]
    [InlineData("66 89 1c 4f", "mov [rdi+rcx*2], bx", 8, 2, MemoryEventKind.Store)]
    [InlineData("48 01 1f", "add [rdi], rbx", 0, 8, MemoryEventKind.Modify)]
    [InlineData("f0 48 01 1f", "lock add [rdi], rbx", 0, 8, MemoryEventKind.Atomic)]
    [InlineData("48 87 1f", "xchg [rdi], rbx", 0, 8, MemoryEventKind.Atomic)]
    [InlineData("48 39 1f", "cmp [rdi], rbx", 0, 8, MemoryEventKind.Load)]
    [InlineData("0f 10 07", "movups xmm0, [rdi]", 0, 16, MemoryEventKind.Load)]
    [InlineData("c5 fe 7f 47 20", "vmovdqu [rdi+32], ymm0", 32, 32, MemoryEventKind.Store)]
    [InlineData("ff 37", "push [rdi]", 0, 8, MemoryEventKind.Load)]
    [InlineData("48 a5", "movsq", 0, 8, MemoryEventKind.Store)]
    [InlineData("48 8b 87 fc 0f 00 00", "mov rax, [rdi+4092]", 4092, 8, MemoryEventKind.Load)]
    [InlineData("67 48 8b 07", "mov rax, [edi]", 0, 8, MemoryEventKind.Load)]
    [InlineData("64 48 8b 07", "mov rax, fs:[rdi]", 64, 8, MemoryEventKind.Load)]
    [InlineData("0f ae 7f 40", "clflush [rdi+64]", 64, 1, MemoryEventKind.Flush)]
    public void AnAccess_LeavesAndSaysWhatItIs(
        string code, string what, ulong offset, int size, object kind)
    {
        using TestProcess process = Process(code);
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.WindowAccess, what);
        exit.Window.ShouldBe(new WindowAccess(
            TestProcess.Window + offset,
            new GuestPhysicalAddress(TestProcess.WindowPhysical + offset),
            size,
            (MemoryEventKind)kind,
            null));
        process.Vcpu.Registers.Rip.ShouldBe(TestProcess.Code);
        Execute(process, exit, new byte[size]);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall, what);
    }

    [NeedsKvmFact]
    public void ALoad_FindsWhatItWasGiven_AndAStoreLeavesWhatItStored()
    {
        // mov rax, [rdi]; mov [rdi+8], rbx; add [rdi+16], rbx; push [rdi]
        using TestProcess process = Process("48 8b 07 48 89 5f 08 48 01 5f 10 ff 37");
        Expect(process, There, There);
        process.Vcpu.Registers.Rax.ShouldBe(There);
        Expect(process, 0, Rbx);
        Expect(process, 1, Rbx + 1);
        Expect(process, There, There);
        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rsp.ShouldBe(TestProcess.DataEnd - 8);
        BitConverter.ToUInt64(process.Bytes(TestProcess.DataEnd - 8, 8)).ShouldBe(There);
    }

    /// <summary>Memory: what is there stays there, and the processor's own instruction changes it.
    /// </summary>
    [NeedsKvmFact]
    public void WithoutBytes_TheWindowsOwnMemoryIsTaken()
    {
        // lock add [rdi], rbx; mov rax, [rdi]
        using TestProcess process = Process("f0 48 01 1f 48 8b 07");
        for (int i = 0; i < 2; i++)
        {
            VcpuExit exit = process.RunToExit();
            process.Vcpu.RunWindowAccess(exit.Window, []).Reason.ShouldBe(ExitReason.BudgetExhausted);
        }

        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rax.ShouldBe(Rbx);
    }

    /// <summary>Each turn of a repeated instruction is an access, and what it touches besides is filled
    /// in.</summary>
    [NeedsKvmFact]
    public void ARepeatedInstruction_IsAnAccessForEachTurn()
    {
        // rep movsb
        using TestProcess process = Process("f3 a4");
        "abcd"u8.CopyTo(process.Bytes(TestProcess.Data, 4));
        for (ulong turn = 0; turn < 4; turn++)
        {
            VcpuExit exit = process.RunToExit();
            exit.Window.Address.ShouldBe(TestProcess.Window + turn);
            exit.Window.SizeBytes.ShouldBe(1);
            byte[] stored = new byte[1];
            Execute(process, exit, stored);
            stored[0].ShouldBe((byte)('a' + turn));
        }

        process.RunToExit().Reason.ShouldBe(ExitReason.SystemCall);
        process.Vcpu.Registers.Rcx.ShouldBe(process.Vcpu.Registers.Rip);
    }

    [NeedsKvmTheory]
    [InlineData("48 f7 37", FaultVector.DivideError, "div [rdi] by 0")]
    [InlineData("48 f7 3c 0f", FaultVector.DivideError, "idiv [rdi+rcx]")]
    [InlineData("48 8b 27 ff 37", FaultVector.PageFault, "mov rsp, [rdi]; push [rdi]")]
    public void AnInstructionThatFaults_HasItsOwnFault(string code, object vector, string what)
    {
        using TestProcess process = Process(code);
        VcpuExit exit = default;
        for (int i = 0; i < 2 && exit.Reason != ExitReason.Fault; i++)
        {
            exit = process.RunToExit();
            exit = process.Vcpu.RunWindowAccess(exit.Window, new byte[8]);
        }

        exit.Reason.ShouldBe(ExitReason.Fault, what);
        exit.Vector.ShouldBe((FaultVector)vector, what);
    }

    [NeedsKvmTheory]
    [InlineData("48 89 9f 00 20 00 00", "a store where only loads may be")]
    [InlineData("48 01 9f 00 20 00 00", "an update there")]
    public void AStoreToAWindowThatMayOnlyBeRead_IsTheGuestsFault(string code, string what)
    {
        using TestProcess process = Process(code);
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.Fault, what);
        exit.Access.ShouldBe(FaultAccess.Write);
        exit.FaultAddress.ShouldBe(TestProcess.ReadOnlyWindow);
    }

    [NeedsKvmTheory]
    [InlineData("48 8b f7 48 a5", "movsq, which does more than one load, store or update there")]
    [InlineData("0f ae 07", "fxsave, whose accesses depend on data")]
    [InlineData("48 0f a3 1f", "bt, whose accesses depend on data")]
    [InlineData("c5 ed 76 d2 c4 e2 6d 90 04 1f", "vpgatherdd, whose accesses depend on data")]
    [InlineData("dd 37", "fnsave of 108 bytes")]
    [InlineData("48 8b 87 fc 2f 00 00", "mov that goes beyond the window's end or begin")]
    public void WhatCantBeCompleted_IsNamed(string code, string message)
    {
        using TestProcess process = Process(code);
        process.Vcpu.Registers.Rbx = 0;
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.WindowAccess, message);
        exit.Window.Refusal.ShouldNotBeNull().ShouldStartWith(message);
    }

    /// <summary>Whatever timers do between and in the midst of accesses.</summary>
    [NeedsKvmTheory]
    [InlineData(1u)]
    [InlineData(30_000u)]
    [InlineData(1_000_000u)]
    public void ManyAccesses_LoseNothing_WhateverTheBudget(uint budget)
    {
        // add [rdi], rbx; jmp back
        using TestProcess process = Process("48 01 1f eb fb");
        ulong sum = 0;
        for (int i = 0; i < 200; i++)
        {
            VcpuExit exit = process.RunToExit(budget);
            exit.Reason.ShouldBe(ExitReason.WindowAccess);
            exit.Units.ShouldBeGreaterThan(0UL);
            byte[] bytes = BitConverter.GetBytes(sum);
            Execute(process, exit, bytes);
            sum += Rbx;
            BitConverter.ToUInt64(bytes).ShouldBe(sum);
        }

        process.Engine.Traps.Count.ShouldBe(200);
        process.Engine.Traps.MedianNanoseconds.ShouldBeGreaterThan(0);
    }

    [NeedsKvmFact]
    public void AWindowThatWasOpen_IsClosedToEveryVcpu()
    {
        // mov rax, [rdi]; jmp back
        using TestProcess process = Process("48 8b 07 eb fb", vcpus: 2);
        foreach (int turn in Enumerable.Range(0, 10))
        {
            IVcpu vcpu = process.Engine.Vcpus[turn % 2];
            VcpuExit exit;
            do
            {
                exit = vcpu.Run(1_000_000);
            }
            while (exit.Reason == ExitReason.BudgetExhausted);

            exit.Reason.ShouldBe(ExitReason.WindowAccess);
            vcpu.RunWindowAccess(exit.Window, BitConverter.GetBytes((ulong)turn));
            vcpu.Registers.Rax.ShouldBe((ulong)turn);
        }
    }

    private static void Expect(TestProcess process, ulong found, ulong left)
    {
        VcpuExit exit = process.RunToExit();
        exit.Reason.ShouldBe(ExitReason.WindowAccess);
        byte[] bytes = BitConverter.GetBytes(found);
        Execute(process, exit, bytes);
        BitConverter.ToUInt64(bytes).ShouldBe(left);
    }

    private static void Execute(TestProcess process, in VcpuExit at, byte[] bytes)
    {
        VcpuExit exit = process.Vcpu.RunWindowAccess(at.Window, bytes);
        exit.Reason.ShouldBe(ExitReason.BudgetExhausted);
        exit.Units.ShouldBe(1UL);
        exit.Instructions.ShouldBe(0UL);
    }

    private static TestProcess Process(string code, int vcpus = 1)
    {
        byte[] bytes = [.. $"{code} 0f 05".Split(' ').Select(b =>
            byte.Parse(b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
        TestProcess process = new(bytes, vcpus);
        foreach (IVcpu vcpu in process.Engine.Vcpus)
        {
            ref GuestRegisters registers = ref vcpu.Registers;
            registers.Rdi = TestProcess.Window;
            registers.Rsi = TestProcess.Data;
            registers.Rbx = Rbx;
            registers.Rcx = 4;
            registers.FsBase = 64;
        }

        return process;
    }
}
