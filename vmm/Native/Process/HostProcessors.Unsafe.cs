using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>On which of the host's processors this thread, and what it starts, may run.</summary>
public static unsafe partial class HostProcessors
{
    /// <summary>The highest number that is understood.</summary>
    public const int NumberMax = (Words * WordBits) - 1;

    private const int WordBits = 64;
    private const int Words = 128;

    /// <summary>Numbers of those allowed, in order; empty if the kernel does not tell.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        Span<ulong> mask = stackalloc ulong[Words];
        int bytes;
        // SAFETY: the kernel writes at most the size that it is given.
        fixed (ulong* first = mask)
        {
            bytes = sched_getaffinity(0, Words * sizeof(ulong), first);
        }

        List<int> allowed = [];
        for (int i = 0; bytes >= 0 && i < Words * WordBits; i++)
        {
            if ((mask[i / WordBits] >> (i % WordBits) & 1) != 0)
            {
                allowed.Add(i);
            }
        }

        return allowed;
    }

    /// <summary>Keeps this thread, and the processes that it starts from now on, to these.</summary>
    /// <returns>False: the host does not allow one of them.</returns>
    public static bool KeepTo(IReadOnlyList<int> processors)
    {
        Span<ulong> mask = stackalloc ulong[Words];
        foreach (int processor in processors)
        {
            mask[processor / WordBits] |= 1UL << (processor % WordBits);
        }

        // SAFETY: the kernel reads no more than the size that it is given.
        fixed (ulong* first = mask)
        {
            return sched_setaffinity(0, Words * sizeof(ulong), first) == 0;
        }
    }

    [LibraryImport("libc")]
    private static partial int sched_getaffinity(int thread, nuint size, ulong* mask);

    [LibraryImport("libc")]
    private static partial int sched_setaffinity(int thread, nuint size, ulong* mask);
}
