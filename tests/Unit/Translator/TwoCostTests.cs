using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

/// <summary>vCPUs of one engine whose instructions cost differently.</summary>
public sealed class TwoCostTests
{
    private const ulong Rounds = 1_000;

    /// <summary>The counter, three instructions a round, and the call.</summary>
    private const ulong Instructions = (3 * Rounds) + 2;

    private static readonly CoreCost s_one = new(Ratio.One, 3);
    private static readonly CoreCost s_other = new(new Ratio(5, 4), 2);

    [Theory]
    [InlineData(MemoryEventLevel.Off)]
    [InlineData(MemoryEventLevel.Filtered)]
    [InlineData(MemoryEventLevel.Full)]
    public void EachVcpu_HasItsOwnCost_HoweverTheyTakeTurns(MemoryEventLevel level)
    {
        ulong loads = level == MemoryEventLevel.Off ? 0 : Rounds;
        ulong[] expected = [Instructions + (loads * 3), (Instructions * 5) + (loads * 2 * 4)];
        foreach (uint budget in (uint[])[int.MaxValue, 777, 13])
        {
            using TestGuest guest = Make();
            guest.Engine.SetEvents(level, [s_one, s_other]);
            ulong[] units = new ulong[2];
            ulong[] instructions = new ulong[2];
            bool[] ended = new bool[2];
            for (int turn = 0; !(ended[0] && ended[1]); turn ^= 1)
            {
                if (!ended[turn])
                {
                    VcpuExit exit = guest.Engine.Vcpus[turn].Run(budget);
                    units[turn] += exit.Units;
                    instructions[turn] += exit.Instructions;
                    ended[turn] = exit.Reason == ExitReason.SystemCall;
                }
            }

            instructions.ShouldBe([Instructions, Instructions], $"budget {budget}");
            units.ShouldBe(expected, $"budget {budget}");
        }
    }

    [Fact]
    public void EqualCosts_AreOneCost()
    {
        using TestGuest two = Make();
        using TestGuest one = Make();
        two.Engine.SetEvents(MemoryEventLevel.Full, [s_other, s_other]);
        one.Engine.SetEvents(MemoryEventLevel.Full, s_other);
        for (int i = 0; i < 2; i++)
        {
            two.Engine.Vcpus[i].Run(100_000).ShouldBe(one.Engine.Vcpus[i].Run(100_000));
        }
    }

    [Fact]
    public void ChangedCode_IsSeenByVcpusOfEitherCost()
    {
        using TestGuest guest = Make();
        foreach (int value in (int[])[1, 2, 3])
        {
            guest.Write(0, a =>
            {
                a.mov(eax, value);
                a.syscall();
            });
            guest.TellCodeChanged();
            foreach (MemoryEventLevel level in (MemoryEventLevel[])[MemoryEventLevel.Off, MemoryEventLevel.Full])
            {
                guest.Engine.SetEvents(level, [s_one, s_other]);
                foreach (IVcpu vcpu in guest.Engine.Vcpus)
                {
                    vcpu.Registers.Rip = guest.CodeStart;
                    vcpu.Run(100).Reason.ShouldBe(ExitReason.SystemCall);
                    vcpu.Registers.Rax.ShouldBe((ulong)value);
                }
            }
        }
    }

    private static TestGuest Make()
    {
        TestGuest guest = new(
            a =>
            {
                Label top = a.CreateLabel();
                a.mov(ecx, (int)Rounds);
                a.Label(ref top);
                a.mov(rax, __[rdi]);
                a.dec(ecx);
                a.jnz(top);
                a.syscall();
            },
            new TranslatorOptions { VcpuCount = 2 });
        ref GuestRegisters other = ref guest.Engine.Vcpus[1].Registers;
        (other.Rip, other.Rdi) = (guest.CodeStart, guest.DataStart + 4096);
        other.Rsp = guest.Vcpu.Registers.Rsp - 4096;
        return guest;
    }
}
