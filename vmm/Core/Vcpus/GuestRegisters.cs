using System.Runtime.InteropServices;

namespace Dilaton.Core;

/// <summary>The integer state of an x86-64 vCPU in user mode. Blittable; the general registers are
/// in encoding order (rax 0, rcx 1, ... r15 15), each 8 bytes, then rip, rflags and the two segment
/// bases: 160 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct GuestRegisters : IEquatable<GuestRegisters>
{
    public const int SizeBytes = 160;

    public ulong Rax;
    public ulong Rcx;
    public ulong Rdx;
    public ulong Rbx;
    public ulong Rsp;
    public ulong Rbp;
    public ulong Rsi;
    public ulong Rdi;
    public ulong R8;
    public ulong R9;
    public ulong R10;
    public ulong R11;
    public ulong R12;
    public ulong R13;
    public ulong R14;
    public ulong R15;
    public ulong Rip;
    public ulong Rflags;
    public ulong FsBase;
    public ulong GsBase;

    public static bool operator ==(in GuestRegisters a, in GuestRegisters b) => a.Equals(b);

    public static bool operator !=(in GuestRegisters a, in GuestRegisters b) => !a.Equals(b);

    public readonly bool Equals(GuestRegisters other) =>
        Rax == other.Rax && Rcx == other.Rcx && Rdx == other.Rdx && Rbx == other.Rbx
        && Rsp == other.Rsp && Rbp == other.Rbp && Rsi == other.Rsi && Rdi == other.Rdi
        && R8 == other.R8 && R9 == other.R9 && R10 == other.R10 && R11 == other.R11
        && R12 == other.R12 && R13 == other.R13 && R14 == other.R14 && R15 == other.R15
        && Rip == other.Rip && Rflags == other.Rflags
        && FsBase == other.FsBase && GsBase == other.GsBase;

    public override readonly bool Equals(object? obj) => obj is GuestRegisters r && Equals(r);

    public override readonly int GetHashCode() => HashCode.Combine(Rip, Rsp, Rax, Rcx);
}
