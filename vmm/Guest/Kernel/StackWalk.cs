using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Who called, for reports. Either the chain of frames that code with frame pointers keeps,
/// as far as it holds; or all words on a thread's stack that point behind a call instruction of mapped
/// code: optimised code keeps no chain, so what an earlier call left on the stack may be among
/// these, and none that is still to return to is missed, but for code without a file.</summary>
internal static class StackWalk
{
    private const int WordBytes = 8;
    private const int WordsMax = 4096;

    /// <summary>Larger frames than this are rare.</summary>
    private const ulong OverrunBytesMax = 64 << 10;

    /// <summary>The longest call that looks for its target: a prefix, FF, ModRM, SIB, 32 bits.
    /// </summary>
    private const int CallBytesMax = 8;

    /// <summary>Return addresses, the innermost first.</summary>
    public static List<ulong> Callers(AddressSpace space, ulong stackPointer, int countMax)
    {
        List<ulong> callers = [];
        if (!TryFindStack(space, stackPointer, out ulong at, out MemoryArea stack))
        {
            return callers;
        }

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

    /// <summary>Return addresses along the chain of saved frame pointers, the innermost first; ends
    /// where a link is not above the last one on the same stack, or returns behind no call. What
    /// keeps no frame pointer is not in it: a function that has not set up its frame yet too.
    /// </summary>
    public static List<ulong> Frames(AddressSpace space, in GuestRegisters registers, int countMax)
    {
        List<ulong> callers = [];
        if (!TryFindStack(space, registers.Rsp, out ulong least, out MemoryArea stack))
        {
            return callers;
        }

        ulong frame = registers.Rbp;
        while (callers.Count < countMax
            && frame % WordBytes == 0 && frame >= least && frame < stack.End
            && space.TryReadWord(frame + WordBytes, out ulong caller) && IsBehindCall(space, caller)
            && space.TryReadWord(frame, out ulong next))
        {
            callers.Add(caller);
            least = frame + (2 * WordBytes);
            frame = next;
        }

        return callers;
    }

    /// <summary>Where the thread came from if it called what is no code.</summary>
    public static ulong? CallOfNothing(AddressSpace space, in GuestRegisters registers)
    {
        bool isCode = space.TryFindArea(registers.Rip, out MemoryArea area)
            && (area.Protection & GuestProtection.Execute) != 0;
        return !isCode && space.TryReadWord(registers.Rsp, out ulong caller)
            && IsBehindCall(space, caller) ? caller : null;
    }

    /// <summary>A stack pointer that has run off its stack is still a little below it.</summary>
    private static bool TryFindStack(
        AddressSpace space, ulong stackPointer, out ulong begin, out MemoryArea stack)
    {
        begin = stackPointer & ~(ulong)(WordBytes - 1);
        for (ulong gap = 0; gap <= OverrunBytesMax; gap += GuestPage.SizeBytes)
        {
            if (space.TryFindArea(stackPointer + gap, out stack)
                && stack.Protection != GuestProtection.None)
            {
                begin = Math.Max(begin, stack.Start);
                return true;
            }
        }

        stack = default;
        return false;
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
