using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

[Collection(nameof(TranslatorEngine))]
public class RunTests
{
    private static readonly CoreCost s_cost = new(new Ratio(3, 2), 4);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(128)]
    public void Run_CountsTheSameForEveryBlockLimit(int blockMax)
    {
        using TestGuest guest = new(
            Loop, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = blockMax });

        VcpuExit exit = guest.Vcpu.Run(1_000_000);

        exit.Reason.ShouldBe(ExitReason.SystemCall);
        exit.Instructions.ShouldBe(1 + (3 * 1000) + 1u);
        guest.Vcpu.Registers.Rax.ShouldBe(1000ul * 1001 / 2);
    }

    [Theory]
    [InlineData(MemoryEventLevel.Off)]
    [InlineData(MemoryEventLevel.Full)]
    [InlineData(MemoryEventLevel.Filtered)]
    public void Run_StopsAtTheSamePlacesWhateverWasTranslated(MemoryEventLevel level)
    {
        using TestGuest stepped = new(
            Mixed, new TranslatorOptions { VcpuCount = 1, BlockInstructionsMax = 1 });
        using TestGuest guest = new(Mixed);
        stepped.Engine.SetEvents(level, s_cost);
        guest.Engine.SetEvents(level, s_cost);
        for (uint budget = 1; budget < 400; budget++)
        {
            VcpuExit expected = stepped.Vcpu.Run(budget);
            VcpuExit actual = guest.Vcpu.Run(budget);

            actual.ShouldBe(expected);
            (guest.Vcpu.Registers.Rip - guest.CodeStart)
                .ShouldBe(stepped.Vcpu.Registers.Rip - stepped.CodeStart);
            guest.Vcpu.Registers.Rflags.ShouldBe(stepped.Vcpu.Registers.Rflags);
            guest.Vcpu.Registers.Rax.ShouldBe(stepped.Vcpu.Registers.Rax);
            guest.Vcpu.Registers.R15.ShouldBe(stepped.Vcpu.Registers.R15);
        }
    }

    [Fact]
    public void Fault_LeavesTheStateOfTheInstructionBeforeIt()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(eax, 7);
            a.mov(r15, rax);
            a.add(r15, rax);
            a.mov(rbx, __[0x50]);
            a.syscall();
        });

        VcpuExit exit = guest.Vcpu.Run(1000);

        exit.Reason.ShouldBe(ExitReason.Fault);
        exit.Vector.ShouldBe(FaultVector.PageFault);
        exit.Access.ShouldBe(FaultAccess.Read);
        exit.FaultAddress.ShouldBe(0x50u);
        exit.Instructions.ShouldBe(3u);
        guest.Vcpu.Registers.R15.ShouldBe(14u);
    }

    private static void Loop(Assembler a)
    {
        Label top = a.CreateLabel();
        a.mov(ecx, 1000);
        a.Label(ref top);
        a.add(rax, rcx);
        a.dec(ecx);
        a.jnz(top);
        a.syscall();
    }

    /// <summary>Endless: loads, stores, pushes, calls, live carries over branches.</summary>
    private static void Mixed(Assembler a)
    {
        Label top = a.CreateLabel();
        Label function = a.CreateLabel();
        Label skip = a.CreateLabel();
        a.Label(ref top);
        a.inc(r15);
        a.mov(rbx, r15);
        a.and(ebx, 0xFF8);
        a.add(__qword_ptr[rdi + rbx], 3);
        a.adc(rax, __qword_ptr[rdi + (rbx * 8)]);
        a.call(function);
        a.jc(skip);
        a.push(rax);
        a.pop(rdx);
        a.Label(ref skip);
        a.sbb(rax, rdx);
        a.jmp(top);
        a.Label(ref function);
        a.lea(rsi, __[rax + 5]);
        a.test(sil, 4);
        a.ret();
    }
}
