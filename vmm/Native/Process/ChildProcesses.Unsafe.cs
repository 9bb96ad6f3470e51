using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>What this process's children have cost, and how to end one.</summary>
public static unsafe partial class ChildProcesses
{
    private const int Children = -1;
    private const int WordsOfUsage = 18;
    private const int InterruptSignal = 2;
    private const int TerminateSignal = 15;

    /// <summary>User and system time of all children that have ended and been waited for, with
    /// theirs, in seconds.</summary>
    public static double CpuSeconds()
    {
        // struct rusage: user time and system time as seconds and microseconds, then 14 counts.
        Span<long> usage = stackalloc long[WordsOfUsage];
        // SAFETY: 18 words are the size of struct rusage on x86-64 Linux.
        fixed (long* first = usage)
        {
            _ = getrusage(Children, first);
        }

        return usage[0] + usage[2] + ((usage[1] + usage[3]) / 1e6);
    }

    /// <summary>Asks a child to end, by SIGTERM. One that is gone is no matter.</summary>
    /// <param name="processId">Of a child that was not waited for yet.</param>
    public static void Terminate(int processId) => _ = kill(processId, TerminateSignal);

    /// <summary>Asks a process to end, as Ctrl-C does. One that is gone is no matter.</summary>
    public static void Interrupt(int processId) => _ = kill(processId, InterruptSignal);

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);

    [LibraryImport("libc")]
    private static partial int getrusage(int who, long* usage);
}
