using Dilaton.Core;

namespace Dilaton.Native;

/// <summary>The stack on which a thread that runs guest code takes signals. Without one the kernel
/// would push a signal's frame on the guest's stack, or kill the process if there is none. A
/// runtime that compiles as it runs gives every thread one; code compiled ahead of time has none.
/// </summary>
internal static unsafe class AlternateStack
{
    private const int SizeBytes = 64 << 10;
    private const int SsDisable = 2;

    // The kernel's stack_t: address, flags, size.
    private const int QuadsOfStack = 3;

    [ThreadStatic]
    private static bool t_present;

    /// <summary>Gives the calling thread one, to its end, unless it has one already. HOT: per exit.
    /// </summary>
    public static void Ensure()
    {
        if (!t_present)
        {
            Install();
            t_present = true;
        }
    }

    private static void Install()
    {
        ulong* stack = stackalloc ulong[QuadsOfStack];

        // SAFETY: stack has the three quadwords of a stack_t, which the call fills and reads; the
        // mapping that it names is never unmapped.
        unsafe
        {
            Invariant.Require(CodeNatives.sigaltstack(0, (nint)stack) == 0);
            if (((int)stack[1] & SsDisable) == 0)
            {
                return;
            }

            nint mapped = CodeNatives.mmap(
                0,
                SizeBytes,
                CodeNatives.PROT_READ | CodeNatives.PROT_WRITE,
                CodeNatives.MAP_PRIVATE | CodeNatives.MAP_ANONYMOUS,
                -1,
                0);
            if (mapped == -1)
            {
                throw new InsufficientMemoryException("no memory for a signal stack");
            }

            stack[0] = (ulong)mapped;
            stack[1] = 0;
            stack[2] = SizeBytes;
            Invariant.Require(CodeNatives.sigaltstack((nint)stack, 0) == 0);
        }
    }
}
