using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>wait4 and waitid: a parent learns how its children ended, and that they stopped and went on.</summary>
internal static class WaitSystemCalls
{
    private const int WNOHANG = 1;
    private const int WUNTRACED = 2;
    private const int WEXITED = 4;
    private const int WCONTINUED = 8;
    private const int WNOWAIT = 0x0100_0000;
    private const int CloneKinds = unchecked((int)0xe000_0000);
    private const int WALL = 0x4000_0000;
    private const int WCLONE = unchecked((int)0x8000_0000);
    private const int P_ALL = 0;
    private const int P_PID = 1;
    private const int P_PGID = 2;
    private const int P_PIDFD = 3;
    private const int ResourceUsageBytes = 144;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(61, "wait4", KernelCostClass.Wait, Wait);
        table.AddKernel(247, "waitid", KernelCostClass.Wait, WaitById);
    }

    private static SystemCallResult Wait(KernelCall call)
    {
        int id = call.Int32Argument(0);
        int options = call.Int32Argument(2);
        if ((options & ~(WNOHANG | WUNTRACED | WCONTINUED | CloneKinds)) != 0)
        {
            return -Errno.EINVAL;
        }

        if (id == int.MinValue)
        {
            return -Errno.ESRCH;
        }

        Func<GuestProcess, bool> isMeant = id switch
        {
            > 0 => child => child.Id == id,
            -1 => _ => true,
            0 => child => child.GroupId == call.Process.GroupId,
            _ => child => child.GroupId == -id,
        };
        if (!TryFind(call, isMeant, options | WEXITED, out Found found, out SystemCallResult result))
        {
            return result;
        }

        // As Linux: what is told is gone also if its status can't be written.
        bool isTold = (call.Argument(1) == 0
                || call.Memory.TryWrite(call.Argument(1), found.Report.Status))
            && TryWriteUsage(call, call.Argument(3), found.Child);
        Take(call, found.Child);
        return isTold ? found.Child.Id : -Errno.EFAULT;
    }

    private static SystemCallResult WaitById(KernelCall call)
    {
        int kind = call.Int32Argument(0);
        int id = call.Int32Argument(1);
        int options = call.Int32Argument(3);
        const int Known = WNOHANG | WNOWAIT | WUNTRACED | WEXITED | WCONTINUED | CloneKinds;
        if ((options & ~Known) != 0
            || (options & (WEXITED | WUNTRACED | WCONTINUED)) == 0
            || kind is not (P_ALL or P_PID or P_PGID or P_PIDFD)
            || (kind != P_ALL && id < (kind == P_PID ? 1 : 0)))
        {
            return -Errno.EINVAL;
        }

        PidFile? file = kind == P_PIDFD ? call.Kernel.FindPidFile(call.ProcessId, id) : null;
        if (kind == P_PIDFD && file is null)
        {
            return -Errno.EBADF;
        }

        Func<GuestProcess, bool> isMeant = file is not null
            ? child => child == file.Process
            : MeantBy(call, kind, id);
        bool isFound =
            TryFind(call, isMeant, options, out Found found, out SystemCallResult result);
        if (!isFound && file is { IsNonBlocking: true } && result.Wait is not null)
        {
            return -Errno.EAGAIN;
        }

        if (!isFound && (result.Wait is not null || result.Value != 0))
        {
            return result;
        }

        SignalInfo info = isFound
            ? SignalInfo.Child(found.Child.Id, Signal.SIGCHLD, found.Report)
            : default;
        if ((call.Argument(2) != 0 && !call.Memory.TryWrite(call.Argument(2), info))
            || (isFound && !TryWriteUsage(call, call.Argument(4), found.Child)))
        {
            return -Errno.EFAULT;
        }

        if (isFound && (options & WNOWAIT) == 0)
        {
            Take(call, found.Child);
        }

        return 0;
    }

    private static Func<GuestProcess, bool> MeantBy(KernelCall call, int kind, int id)
    {
        int group = id == 0 ? call.Process.GroupId : id;
        return kind switch
        {
            P_PID => child => child.Id == id,
            P_PGID => child => child.GroupId == group,
            _ => _ => true,
        };
    }

    /// <summary>Nobody else is told of what the child has done.</summary>
    private static void Take(KernelCall call, GuestProcess child)
    {
        child.Unreported = null;
        if (child.End is not null)
        {
            call.Kernel.Reap(child);
        }
    }

    /// <summary>What there is to tell of a child, of what the options ask for.</summary>
    private static ChildReport? ReportOf(GuestProcess child, int options) =>
        child.End is { } end
            ? (options & WEXITED) != 0 ? end.Report : null
        : child.Unreported is { } news && (options & (news.IsStop ? WUNTRACED : WCONTINUED)) != 0
            ? news
        : null;

    /// <summary>The first child by id, of those that are meant, that has done something.</summary>
    /// <returns>False if there is none: the result says what to do.</returns>
    private static bool TryFind(
        KernelCall call,
        Func<GuestProcess, bool> isMeant,
        int options,
        out Found found,
        out SystemCallResult result)
    {
        GuestProcess[] children =
            [.. call.Kernel.Processes.ChildrenOf(call.ProcessId)
                .Where(child => IsOfKind(child, options) && isMeant(child))];
        result = children.Length == 0 ? -Errno.ECHILD
            : (options & WNOHANG) != 0 ? 0
            : SystemCallResult.Block(new WaitRequest(
                [call.Process.ChildEnded],
                null,
                children.Length == 1
                    ? $"process {children[0].Id} ({children[0].Name}) to end"
                    : $"one of {children.Length} child processes to end"));
        foreach (GuestProcess child in children)
        {
            if (ReportOf(child, options) is { } report)
            {
                found = new Found(child, report);
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Children that say their end by another signal than SIGCHLD are asked for by
    /// __WCLONE, all by __WALL.</summary>
    private static bool IsOfKind(GuestProcess child, int options) =>
        (options & WALL) != 0
        || (child.ExitSignal == Signal.SIGCHLD) == ((options & WCLONE) == 0);

    private static bool TryWriteUsage(KernelCall call, ulong address, GuestProcess child)
    {
        if (address == 0)
        {
            return true;
        }

        TimeSpec time = GuestClocks.ToTimeSpec(child.EndedCpuTime + child.ChildrenCpuTime);
        Span<byte> usage = stackalloc byte[ResourceUsageBytes];
        usage.Clear();
        Blittable.Write(usage, new TimeSpec(time.Seconds, time.Nanoseconds / 1000));
        return call.Memory.TryWrite(address, usage);
    }

    private readonly record struct Found(GuestProcess Child, ChildReport Report);
}
