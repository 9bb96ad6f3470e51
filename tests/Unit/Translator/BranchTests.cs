using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>Blocks follow branches on a guess; what a wrong guess does must not show.</summary>
[Collection(nameof(TranslatorEngine))]
public class BranchTests
{
    public static TheoryData<MemoryEventLevel, int> Levels
    {
        get
        {
            TheoryData<MemoryEventLevel, int> data = [];
            foreach (int window in (ReadOnlySpan<int>)[0, 3, AddressWindow.CountMax - 1])
            {
                data.Add(MemoryEventLevel.Off, window);
                data.Add(MemoryEventLevel.Full, window);
                data.Add(MemoryEventLevel.Filtered, window);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Jump_GoesWhereItsSlotLeadsNow(MemoryEventLevel level, int window) =>
        SteppedAndNotEndAlike(ChangingSlot, level, window);

    [Theory]
    [MemberData(nameof(Levels))]
    public void Return_GoesWhereTheStackLeadsNow(MemoryEventLevel level, int window) =>
        SteppedAndNotEndAlike(ChangingReturnAddress, level, window);

    [Theory]
    [MemberData(nameof(Levels))]
    public void CountRegister_IsKeptWhileBranchesBorrowIt(MemoryEventLevel level, int window) =>
        SteppedAndNotEndAlike(BranchesAroundRcx, level, window);

    /// <summary>Stepped in the first window, and not in another.</summary>
    private static void SteppedAndNotEndAlike(
        Action<Assembler> program, MemoryEventLevel level, int window)
    {
        using TestGuest stepped = new(
            program, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = 1 });
        using TestGuest guest = new(
            program, new TranslatorOptions { VcpuCount = 1, Window = new AddressWindow(window) });
        CoreCost cost = new(new Ratio(3, 2), 4);
        stepped.Engine.SetEvents(level, cost);
        guest.Engine.SetEvents(level, cost);
        uint budget = 1;
        VcpuExit actual;
        do
        {
            VcpuExit expected = stepped.Vcpu.Run(budget);
            actual = guest.Vcpu.Run(budget);

            actual.ShouldBe(expected);
            AtPlace(guest.Vcpu.Registers, guest).ShouldBe(
                AtPlace(stepped.Vcpu.Registers, stepped));
            budget += 13;
        }
        while (actual.Reason == ExitReason.BudgetExhausted);

        actual.Reason.ShouldBe(ExitReason.SystemCall);
    }

    /// <summary>The registers, with addresses of the guest's own regions made relative.</summary>
    private static GuestRegisters AtPlace(GuestRegisters registers, TestGuest guest) =>
        registers with
        {
            Rip = registers.Rip - guest.CodeStart,
            Rdi = registers.Rdi - guest.DataStart,
            Rsp = registers.Rsp - guest.DataStart,
            Rdx = Relative(registers.Rdx, guest),
            Rsi = Relative(registers.Rsi, guest),
            Rcx = Relative(registers.Rcx, guest),
        };

    private static ulong Relative(ulong value, TestGuest guest) =>
        value - guest.CodeStart < 1 << 20 ? value - guest.CodeStart : value;

    private static void ChangingSlot(Assembler a)
    {
        Label loop = a.CreateLabel();
        Label slot = a.CreateLabel();
        Label even = a.CreateLabel();
        Label odd = a.CreateLabel();
        Label join = a.CreateLabel();
        a.mov(ecx, 300);
        a.mov(r15d, 11);
        a.Label(ref loop);
        a.lea(rdx, __[even]);
        a.lea(rsi, __[odd]);
        a.imul(r15, r15, 12345);
        a.add(r15, 77);
        a.test(r15d, 0x100);
        a.cmovne(rdx, rsi);
        a.mov(__qword_ptr[slot], rdx);
        a.cmp(ecx, 128);
        a.jmp(__qword_ptr[slot]);
        a.Label(ref even);
        a.adc(rax, 3);
        a.jmp(join);
        a.Label(ref odd);
        a.sbb(rax, -7);
        a.Label(ref join);
        a.dec(ecx);
        a.jne(loop);
        a.syscall();
        a.Label(ref slot);
        a.dq(0UL);
    }

    private static void ChangingReturnAddress(Assembler a)
    {
        Label loop = a.CreateLabel();
        Label leaf = a.CreateLabel();
        Label plain = a.CreateLabel();
        Label other = a.CreateLabel();
        Label join = a.CreateLabel();
        a.mov(ecx, 300);
        a.mov(r15d, 11);
        a.Label(ref loop);
        a.imul(r15, r15, 12345);
        a.call(leaf);
        a.adc(rax, 3);
        a.jmp(join);
        a.Label(ref other);
        a.sbb(rax, -7);
        a.Label(ref join);
        a.dec(ecx);
        a.jne(loop);
        a.syscall();
        a.Label(ref leaf);
        a.lea(rdx, __[other]);
        a.add(r15, 77);
        a.test(r15d, 0x100);
        a.je(plain);
        a.mov(__qword_ptr[rsp], rdx);
        a.Label(ref plain);
        a.cmp(ecx, 128);
        a.ret();
    }

    private static void BranchesAroundRcx(Assembler a)
    {
        Label loop = a.CreateLabel();
        Label reads = a.CreateLabel();
        Label replaces = a.CreateLabel();
        Label changesPart = a.CreateLabel();
        Label nothing = a.CreateLabel();
        a.mov(ecx, 0x12345);
        a.mov(ebx, 200);
        a.Label(ref loop);
        a.call(reads);
        a.call(nothing);
        a.call(replaces);
        a.call(nothing);
        a.call(changesPart);
        a.lea(rdx, __[reads]);
        a.call(rdx);
        a.lea(rcx, __[nothing]);
        a.call(rcx);
        a.mov(ecx, ebx);
        a.dec(ebx);
        a.jne(loop);
        a.syscall();
        a.Label(ref reads);
        a.add(rax, rcx);
        a.ret();
        a.Label(ref replaces);
        a.mov(ecx, ebx);
        a.ret();
        a.Label(ref changesPart);
        a.mov(cl, 7);
        a.ret();
        a.Label(ref nothing);
        a.nop();
        a.ret();
    }
}
