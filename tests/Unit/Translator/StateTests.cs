using Dilaton.Core;
using Dilaton.Translator;
using Iced.Intel;
using Shouldly;
using Xunit;
using static Iced.Intel.AssemblerRegisters;

namespace Dilaton.Tests.Unit.Translator;

[Collection(nameof(TranslatorEngine))]
public class StateTests
{
    [Theory]
    [InlineData(new byte[] { 0x0F, 0x0B }, FaultVector.InvalidOpcode)]
    [InlineData(new byte[] { 0xF4 }, FaultVector.GeneralProtection)]
    [InlineData(new byte[] { 0xCC }, FaultVector.Breakpoint)]
    [InlineData(new byte[] { 0xCD, 0x80 }, FaultVector.GeneralProtection)]
    [InlineData(new byte[] { 0x48, 0xCF }, FaultVector.GeneralProtection)]
    [InlineData(new byte[] { 0x0F, 0x34 }, FaultVector.InvalidOpcode)]
    [InlineData(new byte[] { 0x8E, 0xD8 }, FaultVector.GeneralProtection)]
    [InlineData(new byte[] { 0x06 }, FaultVector.InvalidOpcode)]
    [InlineData(new byte[] { 0x62, 0xF1, 0x7C, 0x48, 0x58, 0xC0 }, FaultVector.InvalidOpcode)]
    [InlineData(new byte[] { 0x0F, 0xC7, 0xF0 }, FaultVector.InvalidOpcode)]
    [InlineData(new byte[] { 0x31, 0xC9, 0xF7, 0xF1 }, FaultVector.DivideError)]
    public void Instruction_FaultsAsOnTheEmulatedProcessor(byte[] bytes, FaultVector vector)
    {
        using TestGuest guest = new(a => a.nop());
        guest.WriteBytes(1, bytes);

        VcpuExit exit = guest.Vcpu.Run(1000);

        exit.Reason.ShouldBe(ExitReason.Fault);
        exit.Vector.ShouldBe(vector);
        ulong before = vector == FaultVector.DivideError ? 2u : 0;
        exit.Instructions.ShouldBe(1 + (before / 2));
        guest.Vcpu.Registers.Rip.ShouldBe(guest.CodeStart + 1 + before);
    }

    [Theory]
    [InlineData(0x5000_0000ul)]
    [InlineData(0x6000_0040ul)]
    [InlineData(0x7000_0000ul)]
    [InlineData(0x1_2345_6000ul)]
    [InlineData(0x5_0000_1000ul)]
    [InlineData(0x7FFF_FFFF_F000ul)]
    [InlineData(0x8000_0000_0000_0000ul)]
    [InlineData(ulong.MaxValue)]
    public void WildJump_IsAFetchFaultAtItsTarget(ulong target)
    {
        using TestGuest guest = new(a => a.jmp(rax));
        guest.Vcpu.Registers.Rax = target;

        VcpuExit exit = guest.Vcpu.Run(1000);

        exit.Vector.ShouldBe(FaultVector.PageFault);
        exit.Access.ShouldBe(FaultAccess.Execute);
        exit.FaultAddress.ShouldBe(target);
        guest.Vcpu.Registers.Rip.ShouldBe(target);
        exit.Instructions.ShouldBe(1u);
    }

    /// <summary>A kernel writes a thread's state; whoever looks for a spin loop reads it before the
    /// vCPU runs on.</summary>
    [Fact]
    public void VectorState_KeepsWhatWasWrittenWhenItIsReadAgain()
    {
        using TestGuest guest = new(a =>
        {
            a.vmovdqu(__ymmword_ptr[rax], ymm7);
            a.stmxcsr(__dword_ptr[rax + 32]);
            a.nop();
        });
        guest.Vcpu.Registers.Rax = guest.DataStart;
        guest.Vcpu.ExtendedState[ExtendedState.XmmOffset + (7 * 16)] = 11;
        guest.Vcpu.ExtendedState[ExtendedState.YmmHighOffset + (7 * 16)] = 22;
        guest.Vcpu.ExtendedState[ExtendedState.MxcsrOffset + 1] = 0x3F;

        guest.Vcpu.ExtendedState[ExtendedState.XmmOffset + (7 * 16)].ShouldBe((byte)11);
        guest.Vcpu.Run(2);

        guest.Data[0].ShouldBe((byte)11);
        guest.Data[16].ShouldBe((byte)22);
        guest.Data[33].ShouldBe((byte)0x3F);
    }

    [Fact]
    public void HostRuntime_StillTurnsItsOwnFaultsIntoExceptions()
    {
        using TestGuest guest = new(a => a.mov(eax, __[0]));
        guest.Vcpu.Run(10).Reason.ShouldBe(ExitReason.Fault);

        Should.Throw<NullReferenceException>(() => Length(null!));

        guest.Vcpu.Run(10).Reason.ShouldBe(ExitReason.Fault);
    }

    [Fact]
    public void ChangedCode_IsTranslatedAnew()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(eax, 1);
            a.syscall();
        });
        guest.Vcpu.Run(100);
        guest.Vcpu.Registers.Rip = guest.CodeStart;
        guest.Write(0, a => a.mov(eax, 2));
        guest.TellCodeChanged();

        guest.Vcpu.Run(100);

        guest.Vcpu.Registers.Rax.ShouldBe(2u);
    }

    [Fact]
    public void X87AndVectors_SurviveExits()
    {
        using TestGuest guest = new(a =>
        {
            a.fldpi();
            a.vpcmpeqd(ymm7, ymm7, ymm7);
            a.rdtsc();
            a.fstp(__qword_ptr[rdi]);
            a.vmovdqu(__ymmword_ptr[rdi + 32], ymm7);
            a.syscall();
        });
        guest.Vcpu.Run(1000).Reason.ShouldBe(ExitReason.TimestampRead);
        guest.Vcpu.ExtendedState[ExtendedState.YmmHighOffset + (7 * 16)].ShouldBe((byte)0xFF);
        guest.Vcpu.Run(1000).Reason.ShouldBe(ExitReason.SystemCall);

        BitConverter.ToDouble(guest.Data[..8]).ShouldBe(Math.PI);
        guest.Data[63].ShouldBe((byte)0xFF);
    }

    [Fact]
    public void Segments_UseTheGuestsBases()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(__qword_ptr.fs[8], rdi);
            a.mov(rax, __qword_ptr.fs[rsi]);
            a.wrgsbase(rdi);
            a.mov(r15, 0x55);
            a.mov(__qword_ptr.gs[rsi + r15 + 3], r15);
            a.rdfsbase(rbx);
            a.rdpid(rcx);
            a.syscall();
        });
        guest.Vcpu.Registers.FsBase = guest.DataStart + 0x100;
        guest.Vcpu.Registers.Rsi = 8;
        guest.Engine.SetEvents(MemoryEventLevel.Full, new CoreCost(Ratio.One, 0));

        guest.Vcpu.Run(1000).Instructions.ShouldBe(8u);

        guest.Vcpu.Registers.Rax.ShouldBe(guest.DataStart);
        guest.Vcpu.Registers.Rbx.ShouldBe(guest.DataStart + 0x100);
        guest.Data[0x60].ShouldBe((byte)0x55);
        guest.Records.Where(r => r.Kind != MemoryEventKind.Fetch).Select(r => r.Address)
            .ShouldBe(
            [
                guest.DataStart + 0x108, guest.DataStart + 0x108, guest.DataStart + 0x60,
            ]);
    }

    [Fact]
    public void Cpuid_ShowsAnX8664V3ProcessorWithoutAnExit()
    {
        using TestGuest guest = new(a =>
        {
            a.mov(eax, 7);
            a.xor(ecx, ecx);
            a.cpuid();
            a.mov(esi, ebx);
            a.xor(ecx, ecx);
            a.xgetbv();
            a.db(0x0F, 0x04, 0x5A, 0x00);
        });

        VcpuExit exit = guest.Vcpu.Run(1000);

        exit.Reason.ShouldBe(ExitReason.RegionMark);
        exit.Code.ShouldBe(0x5A);
        exit.Instructions.ShouldBe(7u);
        (guest.Vcpu.Registers.Rsi & (1 << 5)).ShouldNotBe(0u);
        (guest.Vcpu.Registers.Rsi & (1 << 16)).ShouldBe(0u);
        guest.Vcpu.Registers.Rax.ShouldBe(7u);
        guest.Vcpu.Registers.Rip.ShouldBe(guest.CodeStart + 20);
    }

    [Fact]
    public void PoppedFlags_AreKeptSaveThoseOfTheHost()
    {
        using TestGuest guest = new(a =>
        {
            a.push(-1);
            a.popfq();
            a.pushfq();
            a.pop(rax);
            a.syscall();
        });

        guest.Vcpu.Run(1000).Instructions.ShouldBe(5u);

        guest.Vcpu.Registers.Rax.ShouldBe(0x20_0ED7u & guest.Vcpu.Registers.Rax);
        (guest.Vcpu.Registers.Rax & 0xCD5).ShouldBe(0xCD5u);
    }

    [Fact]
    public void SpinLoop_IsFoundAndStoresEndTheSearch()
    {
        using TestGuest guest = new(a =>
        {
            Label top = a.CreateLabel();
            a.Label(ref top);
            a.pause();
            a.cmp(__dword_ptr[rdi], 0);
            a.je(top);
            a.syscall();
        });
        guest.Vcpu.Run(1000).Reason.ShouldBe(ExitReason.Pause);
        guest.Vcpu.TryFindSpin(64, out _).ShouldBeFalse();
        guest.Vcpu.TryFindSpin(64, out SpinIteration turn).ShouldBeTrue();
        turn.Instructions.ShouldBe(3u);
        turn.Loads.ShouldBe(1u);

        guest.Data[0] = 1;
        guest.Vcpu.TryFindSpin(64, out SpinIteration left).ShouldBeFalse();
        left.Instructions.ShouldBeLessThan(6u);
    }

    [Theory]
    [InlineData(MemoryEventLevel.Off)]
    [InlineData(MemoryEventLevel.Full)]
    [InlineData(MemoryEventLevel.Filtered)]
    public void Run_AllocatesNothingOnceTranslated(MemoryEventLevel level)
    {
        using TestGuest guest = new(a =>
        {
            Label top = a.CreateLabel();
            a.Label(ref top);
            a.add(__qword_ptr[rdi], 1);
            a.pause();
            a.jmp(top);
        });
        guest.Engine.SetEvents(level, new CoreCost(Ratio.One, 3));
        guest.KeepRecords = false;
        RunOften(guest);

        // The runtime itself may allocate on this thread now and then; the vCPU would every time.
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            RunOften(guest);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.ShouldBe(0);
    }

    private static void RunOften(TestGuest guest)
    {
        for (uint i = 0; i < 500; i++)
        {
            guest.Vcpu.Run(1 + (i % 40));
        }
    }

    private static int Length(string text) => text.Length;
}
