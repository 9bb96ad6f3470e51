using System.Numerics;

namespace Dilaton.Translator;

/// <summary>Which host registers a block lends for its own ends. A lent register's guest value is
/// in its spill slot while the block runs. rcx is never lent, as indirect branches need it.
/// </summary>
internal struct RegisterPlan
{
    private const int NeverLent = (1 << X64Emitter.Rcx) | (1 << X64Emitter.Rsp)
        | (1 << X64Emitter.Counter) | (1 << X64Emitter.Rax);

    /// <summary>Host register that stands for guest r15, or -1 if the block doesn't use it.
    /// </summary>
    public int R15;
    public bool R15Written;
    public int Temporary;
    public int SecondTemporary;

    public readonly ushort LentMask => (ushort)(Bit(R15) | Bit(Temporary) | Bit(SecondTemporary));

    public static int FreeCount(int used) => BitOperations.PopCount(FreeMask(used));

    public static RegisterPlan Make(int used, int written, int temporaries)
    {
        uint free = FreeMask(used);
        RegisterPlan plan = new() { R15 = -1, Temporary = -1, SecondTemporary = -1 };
        if ((used & (1 << X64Emitter.Counter)) != 0)
        {
            plan.R15 = Take(ref free);
            plan.R15Written = (written & (1 << X64Emitter.Counter)) != 0;
        }

        if (temporaries > 0)
        {
            plan.Temporary = Take(ref free);
        }

        if (temporaries > 1)
        {
            plan.SecondTemporary = Take(ref free);
        }

        return plan;
    }

    public readonly int Host(int guestRegister) =>
        guestRegister == X64Emitter.Counter ? R15 : guestRegister;

    private static uint FreeMask(int used) => (uint)~(used | NeverLent) & 0xFFFF;

    private static int Take(ref uint free)
    {
        Core.Invariant.Require(free != 0);
        int register = BitOperations.Log2(free);
        free &= ~(1u << register);
        return register;
    }

    private static int Bit(int register) => register < 0 ? 0 : 1 << register;
}
