using System.Runtime.InteropServices;

namespace Dilaton.Native;

/// <summary>What a worker process asks of its host: to die with its front, and to leave the
/// terminal's signals to it.</summary>
public static partial class WorkerHost
{
    private const int SetParentDeathSignal = 1;
    private const int SigInt = 2;
    private const int SigKill = 9;
    private const int SigTerm = 15;
    private const nint Ignore = 1;

    /// <summary>Kills this process when the process that started it is gone, even by SIGKILL.
    /// </summary>
    /// <returns>False if it is gone already.</returns>
    public static bool DieWithParent(int parentProcessId)
    {
        Check(prctl(SetParentDeathSignal, SigKill, 0, 0, 0), "prctl(PR_SET_PDEATHSIG)");
        return getppid() == parentProcessId;
    }

    /// <summary>Ctrl-C and a group's SIGTERM reach every process of the terminal; the front alone
    /// answers them.</summary>
    public static void IgnoreTerminalSignals()
    {
        _ = signal(SigInt, Ignore);
        _ = signal(SigTerm, Ignore);
    }

    /// <summary>Takes this process out of the terminal's reach: Ctrl-C does not come here.</summary>
    public static void LeaveProcessGroup() => _ = setpgid(0, 0);

    private static void Check(int result, string call)
    {
        if (result != 0)
        {
            throw new InvalidOperationException(
                $"{call} failed: errno {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int prctl(int option, nint a, nint b, nint c, nint d);

    [LibraryImport("libc")]
    private static partial int getppid();

    [LibraryImport("libc")]
    private static partial int setpgid(int process, int group);

    [LibraryImport("libc")]
    private static partial nint signal(int number, nint handler);
}
