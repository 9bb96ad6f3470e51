using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Parents, process groups and sessions.</summary>
internal static class ProcessGroupCalls
{
    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Trivial;
        table.AddKernel(110, "getppid", Cost, c => c.Process.ParentId);
        table.AddKernel(111, "getpgrp", Cost, c => c.Process.GroupId);
        table.AddKernel(121, "getpgid", Cost, c => Find(c) is { } p ? p.GroupId : -Errno.ESRCH);
        table.AddKernel(124, "getsid", Cost, c => Find(c) is { } p ? p.SessionId : -Errno.ESRCH);
        table.AddKernel(112, "setsid", Cost, BeginSession);
        table.AddKernel(109, "setpgid", Cost, SetGroup);
    }

    private static GuestProcess? Find(KernelCall call)
    {
        int id = call.Int32Argument(0);
        return id == 0 ? call.Process
            : call.Kernel.Processes.TryFind(id, out GuestProcess? process) ? process
            : null;
    }

    private static SystemCallResult BeginSession(KernelCall call)
    {
        GuestProcess process = call.Process;
        if (call.Kernel.Processes.All.Any(p => p.GroupId == process.Id))
        {
            return -Errno.EPERM;
        }

        process.SessionId = process.Id;
        process.GroupId = process.Id;
        process.Terminal = null;
        return process.Id;
    }

    private static SystemCallResult SetGroup(KernelCall call)
    {
        int group = call.Int32Argument(1);
        if (group < 0 || (group == 0 && call.Int32Argument(0) < 0))
        {
            return -Errno.EINVAL;
        }

        GuestProcess own = call.Process;
        if (Find(call) is not { } process || (process != own && process.ParentId != own.Id))
        {
            return -Errno.ESRCH;
        }

        if (process != own && process.HasExecuted)
        {
            return -Errno.EACCES;
        }

        group = group == 0 ? process.Id : group;
        if (process.SessionId == process.Id
            || process.SessionId != own.SessionId
            || (group != process.Id
                && !call.Kernel.Processes.HasGroup(group, process.SessionId)))
        {
            return -Errno.EPERM;
        }

        process.GroupId = group;
        return 0;
    }
}
