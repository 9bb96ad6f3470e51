namespace Dilaton.Guest;

/// <summary>The encoded operation of FUTEX_WAKE_OP (futex(2)).</summary>
internal static class FutexOperation
{
    private const int ShiftFlag = 8;

    /// <param name="changed">What the word becomes.</param>
    /// <param name="holds">Whether the old value meets the comparison.</param>
    /// <returns>False if the code has no meaning.</returns>
    public static bool TryApply(uint code, int old, out int changed, out bool holds)
    {
        int operation = (int)(code >> 28);
        int comparison = (int)((code >> 24) & 15);
        int operand = SignExtend(code >> 12);
        int compared = SignExtend(code);
        if ((operation & ShiftFlag) != 0)
        {
            operand = 1 << (operand & 31);
        }

        int? result = (operation & ~ShiftFlag) switch
        {
            0 => operand,
            1 => unchecked(old + operand),
            2 => old | operand,
            3 => old & ~operand,
            4 => old ^ operand,
            _ => null,
        };
        bool? met = comparison switch
        {
            0 => old == compared,
            1 => old != compared,
            2 => old < compared,
            3 => old <= compared,
            4 => old > compared,
            5 => old >= compared,
            _ => null,
        };
        changed = result ?? 0;
        holds = met ?? false;
        return result is not null && met is not null;
    }

    private static int SignExtend(uint field) => (int)(field << 20) >> 20;
}
