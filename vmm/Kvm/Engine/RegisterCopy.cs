using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>Between our order of registers and the kernel's.</summary>
internal static class RegisterCopy
{
    public static void ToKvm(in GuestRegisters from, UserVcpu to)
    {
        ref KvmRegisters target = ref to.Registers;
        target.Rax = from.Rax;
        target.Rcx = from.Rcx;
        target.Rdx = from.Rdx;
        target.Rbx = from.Rbx;
        target.Rsp = from.Rsp;
        target.Rbp = from.Rbp;
        target.Rsi = from.Rsi;
        target.Rdi = from.Rdi;
        target.R8 = from.R8;
        target.R9 = from.R9;
        target.R10 = from.R10;
        target.R11 = from.R11;
        target.R12 = from.R12;
        target.R13 = from.R13;
        target.R14 = from.R14;
        target.R15 = from.R15;
        target.Rip = from.Rip;
        target.Rflags = from.Rflags;
        to.FsBase = from.FsBase;
        to.GsBase = from.GsBase;
    }

    public static void FromKvm(UserVcpu from, ref GuestRegisters to)
    {
        ref KvmRegisters source = ref from.Registers;
        to.Rax = source.Rax;
        to.Rcx = source.Rcx;
        to.Rdx = source.Rdx;
        to.Rbx = source.Rbx;
        to.Rsp = source.Rsp;
        to.Rbp = source.Rbp;
        to.Rsi = source.Rsi;
        to.Rdi = source.Rdi;
        to.R8 = source.R8;
        to.R9 = source.R9;
        to.R10 = source.R10;
        to.R11 = source.R11;
        to.R12 = source.R12;
        to.R13 = source.R13;
        to.R14 = source.R14;
        to.R15 = source.R15;
        to.Rip = source.Rip;
        to.Rflags = source.Rflags;
        to.FsBase = from.FsBase;
        to.GsBase = from.GsBase;
    }
}
