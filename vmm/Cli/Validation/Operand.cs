namespace Dilaton.Cli;

/// <summary>An argument of a system call: a register's value, or a number.</summary>
internal readonly record struct Operand(Register? Register, ulong Number)
{
    public static implicit operator Operand(Register register) => new(register, 0);

    public static implicit operator Operand(ulong number) => new(null, number);

    public static implicit operator Operand(int number) => new(null, (ulong)number);
}
