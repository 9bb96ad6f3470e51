namespace Dilaton.Guest;

/// <summary>Who called, for reports: words on a thread's stack that point behind a call instruction
/// of mapped code. Optimised code keeps no chain of frames, so what an earlier call left on the stack
/// may be among them; none that is still to return to is missed, but for code without a file.
/// </summary>
internal static class StackWalk
{
    private const int WordBytes = 8;
    private const int WordsMax = 4096;

    /// <summary>The longest call that looks for its target: a prefix, FF, ModRM, SIB, 32 bits.
    /// </summary>
    private const int CallBytesMax = 8;

    /// <summary>Return addresses, the innermost first.</summary>
    public static List<ulong> Callers(AddressSpace space, ulong stackPointer, int countMax)
    {
        List<ulong> callers = [];
        if (!space.TryFindArea(stackPointer, out MemoryArea stack))
        {
            return callers;
        }

        ulong at = stackPointer & ~(ulong)(WordBytes - 1);
        for (int i = 0; i < WordsMax && at < stack.End && callers.Count < countMax; i++)
        {
            if (space.TryReadWord(at, out ulong word) && IsBehindCall(space, word))
            {
                callers.Add(word);
            }

            at += WordBytes;
        }

        return callers;
    }

    private static bool IsBehindCall(AddressSpace space, ulong address)
    {
        if (!space.TryFindArea(address, out MemoryArea area)
            || area.File is null
            || !area.Allows(GuestProtection.Execute)
            || address - area.Start < CallBytesMax)
        {
            return false;
        }

        Span<byte> code = stackalloc byte[CallBytesMax];
        return space.FetchCode(address - CallBytesMax, code) == CallBytesMax && EndsInCall(code);
    }

    /// <summary>Intel SDM vol. 2A, "CALL": E8 and 32 bits, or FF /2 with any ModRM.</summary>
    private static bool EndsInCall(ReadOnlySpan<byte> code)
    {
        if (code[^5] == 0xE8)
        {
            return true;
        }

        for (int length = 2; length <= 7; length++)
        {
            byte modRm = code[^(length - 1)];
            if (code[^length] == 0xFF && (modRm & 0x38) == 0x10
                && LengthOf(code[^(length - 1)..]) == length - 1)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of ModRM, SIB and displacement.</summary>
    private static int LengthOf(ReadOnlySpan<byte> operand)
    {
        int mode = operand[0] >> 6;
        int memory = operand[0] & 7;
        bool hasSib = mode != 3 && memory == 4;
        bool isWide = mode == 2 || (mode == 0 && memory == 5)
            || (mode == 0 && hasSib && operand.Length > 1 && (operand[1] & 7) == 5);
        return 1 + (hasSib ? 1 : 0) + (isWide ? 4 : mode == 1 ? 1 : 0);
    }
}
