using Dilaton.Native;
using Shouldly;
using Xunit;

namespace Dilaton.Tests.Unit.Native;

/// <summary>The program is run here as the kernel runs it.</summary>
public sealed class SeccompFilterTests
{
    private const int Self = 4711;
    private const uint Allow = SeccompFilter.Allow;
    private const uint Refuse = SeccompFilter.NotPermitted;
    private const uint Unknown = SeccompFilter.NoSuchCall;

    [Theory]
    [InlineData("socket", 41)]
    [InlineData("connect", 42)]
    [InlineData("bind", 49)]
    [InlineData("listen", 50)]
    [InlineData("socketpair", 53)]
    [InlineData("fork", 57)]
    [InlineData("vfork", 58)]
    [InlineData("execve", 59)]
    [InlineData("ptrace", 101)]
    [InlineData("setuid", 105)]
    [InlineData("setpgid", 109)]
    [InlineData("setresuid", 117)]
    [InlineData("capset", 126)]
    [InlineData("rt_sigqueueinfo", 129)]
    [InlineData("personality", 135)]
    [InlineData("pivot_root", 155)]
    [InlineData("setrlimit", 160)]
    [InlineData("chroot", 161)]
    [InlineData("mount", 165)]
    [InlineData("init_module", 175)]
    [InlineData("tkill", 200)]
    [InlineData("keyctl", 250)]
    [InlineData("unshare", 272)]
    [InlineData("perf_event_open", 298)]
    [InlineData("setns", 308)]
    [InlineData("process_vm_writev", 311)]
    [InlineData("bpf", 321)]
    [InlineData("execveat", 322)]
    [InlineData("userfaultfd", 323)]
    [InlineData("pidfd_send_signal", 424)]
    [InlineData("io_uring_setup", 425)]
    [InlineData("clone3", 435)]
    [InlineData("pidfd_getfd", 438)]
    [InlineData("landlock_restrict_self", 446)]
    public void CallsThatLeadOut_DoNotExist(string name, int number)
    {
        Run(number).ShouldBe(Unknown, name);
        Run(number, Self).ShouldBe(Unknown, name);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(9)]
    [InlineData(202)]
    [InlineData(90)] // What fchmodat(3) of glibc 2.36 calls, by /proc.
    [InlineData(257)]
    [InlineData(231)]
    public void CallsThatARuntimeMakes_Pass(int number) => Run(number).ShouldBe(Allow);

    [Theory]
    [InlineData(62, Self, Allow)]
    [InlineData(62, 1, Refuse)]
    [InlineData(62, -1, Refuse)]
    [InlineData(62, 0, Refuse)]
    [InlineData(234, Self, Allow)]
    [InlineData(234, Self + 1, Refuse)]
    [InlineData(310, Self, Allow)]
    [InlineData(310, 1, Refuse)]
    [InlineData(203, 0, Allow)]
    [InlineData(203, 1, Refuse)]
    [InlineData(157, 15, Allow)]
    [InlineData(157, 1, Refuse)]
    [InlineData(56, 0x10000, Allow)]
    [InlineData(56, 0x11, Refuse)]
    public void WhatItMayDoToItself_ItMayNotDoToOthers(int number, int argument, uint action) =>
        Run(number, (ulong)(uint)argument).ShouldBe(action);

    [Theory]
    [InlineData(0x5413, false, Allow)]
    [InlineData(0x5412, false, Refuse)]
    [InlineData(0x541C, false, Refuse)]
    [InlineData(0xAE80, false, Refuse)]
    [InlineData(0xAE80, true, Allow)]
    [InlineData(0x5412, true, Refuse)]
    public void DevicesAreAskedForWhatANodeNeeds(uint request, bool usesKvm, uint action) =>
        Run(16, 1, request, 0, usesKvm).ShouldBe(action);

    [Theory]
    [InlineData(0UL, 0UL, Allow)]
    [InlineData((ulong)Self, 0UL, Allow)]
    [InlineData(1UL, 0UL, Refuse)]
    [InlineData(0UL, 0x7fff_0000_1000UL, Refuse)]
    [InlineData(0UL, 0x7fff_0000_0000_0000UL, Refuse)]
    [InlineData(0UL, 8UL, Refuse)]
    public void LimitsAreRead_NotSet(ulong process, ulong newLimit, uint action) =>
        Run(302, process, 7, newLimit).ShouldBe(action);

    [Fact]
    public void CallsOfOtherArchitectures_EndTheProcess()
    {
        SeccompInstruction[] program = SeccompFilter.Build(Self, usesKvm: false);
        Execute(program, offset => offset == SeccompFilter.ArchitectureAt ? 0x4000_0003u : 0)
            .ShouldBe(SeccompFilter.KillProcess);
        Run(0x4000_0000).ShouldBe(Unknown, "x32");
    }

    private static uint Run(
        int number, ulong first = 0, ulong second = 0, ulong third = 0, bool usesKvm = false)
    {
        ulong[] arguments = [first, second, third, 0, 0, 0];
        return Execute(SeccompFilter.Build(Self, usesKvm), offset => offset switch
        {
            SeccompFilter.NumberAt => (uint)number,
            SeccompFilter.ArchitectureAt => SeccompFilter.ArchitectureX64,
            _ => (uint)(arguments[(offset - SeccompFilter.ArgumentsAt) / 8]
                >> (int)(8 * ((offset - SeccompFilter.ArgumentsAt) % 8))),
        });
    }

    private static uint Execute(SeccompInstruction[] program, Func<uint, uint> load)
    {
        uint accumulator = 0;
        for (int i = 0; ; i++)
        {
            SeccompInstruction at = program[i];
            switch (at.Code)
            {
                case SeccompInstruction.LoadWord:
                    accumulator = load(at.Value);
                    break;
                case SeccompInstruction.AndValue:
                    accumulator &= at.Value;
                    break;
                case SeccompInstruction.JumpIfEqual:
                    i += accumulator == at.Value ? at.IfTrue : at.IfFalse;
                    break;
                case SeccompInstruction.JumpIfAnyBit:
                    i += (accumulator & at.Value) != 0 ? at.IfTrue : at.IfFalse;
                    break;
                case SeccompInstruction.Return:
                    return at.Value;
                default:
                    throw new InvalidOperationException($"instruction {i} is 0x{at.Code:x}");
            }
        }
    }
}
