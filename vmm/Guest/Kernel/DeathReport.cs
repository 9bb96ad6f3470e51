using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>What a user needs to know of a guest that died.</summary>
internal static class DeathReport
{
    private const int CallersMax = 16;

    /// <summary>Of words on the stack, which may be left over, no more than can be looked through.
    /// </summary>
    private const int GuessesMax = 8;

    public static string Build(GuestThread thread, string headline, SymbolFinder symbols)
    {
        GuestRegisters r = thread.Registers;
        var text = new StringBuilder();
        text.Append(headline).Append('\n');
        text.Append(
            $"process {thread.Process.Id} ({thread.Process.Name}) thread {thread.Id} "
            + $"({thread.Name}) at rip 0x{r.Rip:x}: {symbols.Describe(r.Rip)}\n");
        text.Append($"rax {r.Rax:x16} rbx {r.Rbx:x16} rcx {r.Rcx:x16} rdx {r.Rdx:x16}\n");
        text.Append($"rsi {r.Rsi:x16} rdi {r.Rdi:x16} rbp {r.Rbp:x16} rsp {r.Rsp:x16}\n");
        text.Append($"r8  {r.R8:x16} r9  {r.R9:x16} r10 {r.R10:x16} r11 {r.R11:x16}\n");
        text.Append($"r12 {r.R12:x16} r13 {r.R13:x16} r14 {r.R14:x16} r15 {r.R15:x16}\n");
        text.Append(
            $"rip {r.Rip:x16} rflags {r.Rflags:x} fs {r.FsBase:x} gs {r.GsBase:x}\n");
        AppendCallers(text, thread, symbols);
        text.Append("last system calls, oldest first:");
        foreach (CallRecord call in thread.Process.Calls.Last)
        {
            text.Append("\n  ").Append(call);
        }

        return text.ToString();
    }

    private static void AppendCallers(StringBuilder text, GuestThread thread, SymbolFinder symbols)
    {
        AddressSpace space = thread.Process.Memory;
        ref GuestRegisters registers = ref thread.Registers;
        List<ulong> frames = StackWalk.Frames(space, registers, CallersMax);
        ulong? caller = StackWalk.CallOfNothing(space, registers);
        if (frames.Count > 0)
        {
            text.Append("called from, by its frame pointers (what keeps none is not told):");
            frames.InsertRange(0, caller is { } first && first != frames[0] ? [first] : []);
        }
        else
        {
            frames = StackWalk.Callers(space, registers.Rsp, GuessesMax);
            text.Append(frames.Count > 0
                ? "called from, by what lies on its stack (some of it may be left over):"
                : "called from: nothing on its stack points behind a call");
        }

        foreach (ulong frame in frames)
        {
            text.Append($"\n  0x{frame:x}: {symbols.DescribeReturn(frame)}");
        }

        text.Append('\n');
    }
}
