using System.Runtime.InteropServices;

namespace Dilaton.Guest;

/// <summary>The kernel's siginfo (sigaction(2)): the 48 bytes that it uses of 128. What the four
/// words hold depends on the code.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SignalInfo
{
    /// <summary>What a program sees.</summary>
    public const int SizeBytes = 128;

    public const int SI_USER = 0;
    public const int SI_KERNEL = 0x80;
    public const int SI_TIMER = -2;
    public const int SI_TKILL = -6;

    public int Number { get; init; }

    public int Error { get; init; }

    public int Code { get; init; }

    private int Padding { get; init; }

    /// <summary>Sender's process and user; or the address of a fault; or a timer's number and
    /// overruns.</summary>
    public ulong Word0 { get; init; }

    /// <summary>What a sender or a timer gave along.</summary>
    public ulong Word1 { get; init; }

    public ulong Word2 { get; init; }

    public ulong Word3 { get; init; }

    /// <summary>Sent by a process.</summary>
    public static SignalInfo From(int processId, int number, int code) => new()
    {
        Number = number,
        Code = code,
        Word0 = (uint)processId | ((ulong)GuestIdentity.UserId << 32),
    };

    /// <summary>Sent by the kernel itself.</summary>
    public static SignalInfo FromKernel(int number) => new() { Number = number, Code = SI_KERNEL };

    /// <summary>Sent by nobody known: what is left when there was no room for more.</summary>
    public static SignalInfo Anonymous(int number) => new() { Number = number };

    /// <summary>A child has ended, stopped or gone on.</summary>
    public static SignalInfo Child(int processId, int number, ChildReport report) => new()
    {
        Number = number,
        Code = report.Reason,
        Word0 = (uint)processId | ((ulong)GuestIdentity.UserId << 32),
        Word1 = (uint)report.Value,
    };

    public static SignalInfo Fault(int number, int code, ulong address) => new()
    {
        Number = number,
        Code = code,
        Word0 = address,
    };
}
