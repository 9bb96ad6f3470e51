namespace Dilaton.Cli;

/// <summary>General registers, by the number that instructions have for them.</summary>
internal enum Register
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rbx = 3,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R12 = 12,
    R13 = 13,
    R14 = 14,
    R15 = 15,
}
