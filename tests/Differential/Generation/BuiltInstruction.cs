using Iced.Intel;

namespace Dilaton.Tests.Differential;

/// <summary>An instruction and what must hold before it runs, so that it does something
/// interesting instead of faulting at once.</summary>
internal sealed class BuiltInstruction
{
    public Instruction Instruction;

    /// <summary>Full general registers by number and their values.</summary>
    public SortedDictionary<int, ulong> Registers { get; } = [];

    /// <summary>Vector registers by number and their 32 bytes.</summary>
    public SortedDictionary<int, byte[]> Vectors { get; } = [];

    public List<(ulong Address, ulong Value, int Bytes)> Memory { get; } = [];

    /// <summary>Where the explicit memory operand points; 0 without one.</summary>
    public ulong Target { get; set; }

    public bool TryNeed(Register register, ulong value)
    {
        int number = Number(register);
        if (Registers.TryGetValue(number, out ulong old))
        {
            return old == value;
        }

        Registers.Add(number, value);
        return true;
    }

    public static int Number(Register register) =>
        register.GetFullRegister() - Register.RAX;
}
