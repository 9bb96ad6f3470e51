using System.Globalization;
using Dilaton.Core;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Kvm;

/// <summary>Code that tries to break out, or to break KVM, ends in a fault of its own.</summary>
public sealed class HostileCodeTests
{
    private const string Forever = "eb fe";

    [NeedsKvmTheory]
    [InlineData("fa", "cli")]
    [InlineData("fb", "sti")]
    [InlineData("f4", "hlt")]
    [InlineData("e6 80", "out 0x80, al")]
    [InlineData("ec", "in al, dx")]
    [InlineData("0f 30", "wrmsr")]
    [InlineData("0f 32", "rdmsr")]
    [InlineData("0f 01 10", "lgdt [rax]")]
    [InlineData("0f 01 18", "lidt [rax]")]
    [InlineData("0f 00 d8", "ltr ax")]
    [InlineData("0f 22 d8", "mov cr3, rax")]
    [InlineData("0f 20 c0", "mov rax, cr0")]
    [InlineData("0f 23 f8", "mov dr7, rax")]
    [InlineData("0f 01 f8", "swapgs")]
    [InlineData("0f 07", "sysret")]
    [InlineData("cd 80", "int 0x80")]
    [InlineData("cd 0e", "int 14")]
    [InlineData("cd 02", "int 2")]
    [InlineData("66 b8 10 00 8e d0", "mov ss, the supervisor's")]
    [InlineData("48 b8 00 00 00 00 00 00 00 80 48 89 c4 50", "push on no stack")]
    [InlineData("48 b8 00 00 00 00 00 80 00 80 ff e0", "jump out of the address space")]
    public void WhatOnlyAKernelMayDo_IsAProtectionFault(string code, string what)
    {
        VcpuExit exit = Run(code);
        exit.Reason.ShouldBe(ExitReason.Fault, what);
        exit.Vector.ShouldBe(FaultVector.GeneralProtection, what);
    }

    [NeedsKvmTheory]
    [InlineData("48 b8 00 70 04 00 00 80 ff ff c6 00 90", "store to the entries")]
    [InlineData("48 b8 00 00 00 00 00 80 ff ff 48 89 00", "store to the page tables")]
    [InlineData("48 b8 00 80 04 00 00 80 ff ff 48 8b 00", "load of the stacks")]
    [InlineData("48 b8 00 70 04 00 00 80 ff ff ff e0", "jump to an entry")]
    [InlineData("b8 00 00 00 00 48 8b 00", "load of address 0")]
    [InlineData("48 b8 00 00 00 00 01 00 00 00 48 8b 00", "load of the supervisor's frames")]
    [InlineData("48 b8 00 00 60 00 00 00 00 00 ff e0", "jump to data")]
    [InlineData("48 b8 ff 0f 40 00 00 00 00 00 c6 00 90", "store to code")]
    public void WhatIsNotItsOwn_IsAPageFault(string code, string what)
    {
        VcpuExit exit = Run(code);
        exit.Reason.ShouldBe(ExitReason.Fault, what);
        exit.Vector.ShouldBe(FaultVector.PageFault, what);
    }

    [NeedsKvmTheory]
    [InlineData("0f 0b", FaultVector.InvalidOpcode)]
    [InlineData("0f 34", FaultVector.InvalidOpcode)]
    [InlineData("cc", FaultVector.Breakpoint)]
    [InlineData("31 c9 f7 f1", FaultVector.DivideError)]
    [InlineData("9c 48 81 0c 24 00 01 00 00 9d 90", FaultVector.Debug)]
    public void OtherFaults_HaveTheirVector(string code, object vector)
    {
        VcpuExit exit = Run(code);
        exit.Reason.ShouldBe(ExitReason.Fault);
        exit.Vector.ShouldBe((FaultVector)vector);
    }

    /// <summary>It either faults, or is a system call as SYSCALL before rcx would be.</summary>
    [NeedsKvmTheory]
    [InlineData("48 b8 00 78 04 00 00 80 ff ff ff e0")]
    public void AJumpToTheEntryOfSystemCalls_EndsTheSlice(string code)
    {
        VcpuExit exit = Run(code);
        bool isCall = exit.Reason == ExitReason.SystemCall
            && NeedsKvmFactAttribute.Report.StaysUser;
        (isCall || exit.Vector == FaultVector.PageFault).ShouldBeTrue();
    }

    private static VcpuExit Run(string code)
    {
        using TestProcess process = new(Bytes($"{code} {Forever}"));
        for (int slice = 0; slice < 20; slice++)
        {
            VcpuExit exit = process.Vcpu.Run(1_000_000);
            if (exit.Reason != ExitReason.BudgetExhausted)
            {
                return exit;
            }
        }

        return default;
    }

    private static byte[] Bytes(string code) => [.. code.Split(' ').Select(b =>
        byte.Parse(b, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
}
