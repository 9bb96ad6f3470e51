namespace Dilaton.Cli;

/// <summary>Linux's system calls that the guests of `validate` make (x86-64 numbers).</summary>
internal enum GuestCall
{
    Read = 0,
    Write = 1,
    Nanosleep = 35,
    Socket = 41,
    Connect = 42,
    Accept = 43,
    SendTo = 44,
    ReceiveFrom = 45,
    Bind = 49,
    Listen = 50,
    SetSocketOption = 54,
    Exit = 60,
    ClockGetTime = 228,
}
