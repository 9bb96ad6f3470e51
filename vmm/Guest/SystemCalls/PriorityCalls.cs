using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Scheduling policies and priorities. They are kept and told; the vCPUs' time is shared out
/// evenly whatever they are.</summary>
internal static class PriorityCalls
{
    private const string NoEffect = "kept and told, without an effect on who runs";

    private const int SCHED_FIFO = 1;
    private const int SCHED_RR = 2;
    private const int SCHED_DEADLINE = 6;
    private const int PoliciesMax = 7;
    private const int ResetOnFork = 0x4000_0000;
    private const int RealtimePriorityMax = 99;
    private const int SchedAttributeBytes = 48;
    private const int NiceMin = -20;
    private const int NiceMax = 19;
    private const int PriorityKindsMax = 2;
    private const int InputOutputClassShift = 13;
    private const int InputOutputRealtime = 1;

    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Trivial;
        table.AddKernel(142, "sched_setparam", Cost, c => SetPolicy(c, null, 1), NoEffect);
        table.AddKernel(143, "sched_getparam", Cost, GetParameter);
        table.AddKernel(
            144, "sched_setscheduler", Cost, c => SetPolicy(c, c.Int32Argument(1), 2), NoEffect);
        table.AddKernel(145, "sched_getscheduler", Cost, GetPolicy);
        table.AddKernel(146, "sched_get_priority_max", Cost, c => Bound(c, isMax: true));
        table.AddKernel(147, "sched_get_priority_min", Cost, c => Bound(c, isMax: false));
        table.AddKernel(148, "sched_rr_get_interval", Cost, GetInterval);
        table.AddKernel(314, "sched_setattr", Cost, c => Find(c, out _), "accepted, not kept");
        table.AddKernel(315, "sched_getattr", Cost, GetAttributes, "all attributes are 0");
        table.AddKernel(140, "getpriority", Cost, GetPriority);
        table.AddKernel(141, "setpriority", Cost, SetPriority, NoEffect);
        table.AddKernel(251, "ioprio_set", Cost, SetInputOutput, NoEffect);
        table.AddKernel(252, "ioprio_get", Cost, GetInputOutput);
    }

    /// <summary>The process that the first argument names by one of its threads; 0 is the caller.
    /// </summary>
    private static int Find(KernelCall call, out GuestProcess process)
    {
        int id = call.Int32Argument(0);
        process = (id == 0
            ? call.Process
            : call.Kernel.Processes.Living.FirstOrDefault(p => p.Find(id) is not null))!;
        return id < 0 ? -Errno.EINVAL : process is null ? -Errno.ESRCH : 0;
    }

    private static SystemCallResult SetPolicy(KernelCall call, int? wanted, int parameter)
    {
        if (call.Argument(parameter) == 0 || wanted < 0)
        {
            return -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(parameter), out int priority))
        {
            return call.Int32Argument(0) < 0 ? -Errno.EINVAL : -Errno.EFAULT;
        }

        int error = Find(call, out GuestProcess process);
        if (error != 0)
        {
            return error;
        }

        int policy = (wanted & ~ResetOnFork) ?? process.Traits.SchedulingPolicy;
        bool isRealtime = policy is SCHED_FIFO or SCHED_RR;
        bool isKnown = policy is < PoliciesMax and not (4 or SCHED_DEADLINE);
        bool fits = isRealtime ? priority is > 0 and <= RealtimePriorityMax : priority == 0;
        if (!isKnown || !fits)
        {
            return -Errno.EINVAL;
        }

        if (isRealtime)
        {
            return -Errno.EPERM;
        }

        process.Traits.SchedulingPolicy = policy;
        return 0;
    }

    private static SystemCallResult GetPolicy(KernelCall call)
    {
        int error = Find(call, out GuestProcess process);
        return error != 0 ? error : process.Traits.SchedulingPolicy;
    }

    private static SystemCallResult GetParameter(KernelCall call)
    {
        int error = call.Argument(1) == 0 ? -Errno.EINVAL : Find(call, out _);
        return error != 0 ? error
            : call.Memory.TryWrite(call.Argument(1), 0) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult Bound(KernelCall call, bool isMax) =>
        call.Int32Argument(0) switch
        {
            SCHED_FIFO or SCHED_RR => isMax ? RealtimePriorityMax : 1,
            0 or 3 or 5 or SCHED_DEADLINE or PoliciesMax => 0,
            _ => -Errno.EINVAL,
        };

    private static SystemCallResult GetInterval(KernelCall call)
    {
        int error = Find(call, out _);
        TimeSpec turn = GuestClocks.ToTimeSpec(call.Kernel.Options.TimeSlice);
        return error != 0 ? error
            : call.Memory.TryWrite(call.Argument(1), turn) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult GetAttributes(KernelCall call)
    {
        int error = Find(call, out _);
        if (error != 0)
        {
            return error;
        }

        ulong room = call.Argument(2);
        if (room < SchedAttributeBytes)
        {
            return -Errno.EINVAL;
        }

        Span<byte> attributes = stackalloc byte[SchedAttributeBytes];
        attributes.Clear();
        attributes[0] = SchedAttributeBytes;
        return call.Memory.TryWrite(call.Argument(1), attributes) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Processes by PRIO_PROCESS, PRIO_PGRP or PRIO_USER.</summary>
    private static int FindAll(
        KernelCall call, int kind, out IReadOnlyList<GuestProcess> found)
    {
        int id = call.Int32Argument(1);
        ProcessTable all = call.Kernel.Processes;
        found = kind switch
        {
            0 when id == 0 => [call.Process],
            0 => [.. all.Living.Where(p => p.Find(id) is not null)],
            1 => all.LivingOfGroup(id == 0 ? call.Process.GroupId : id),
            PriorityKindsMax when id is 0 or GuestIdentity.UserId => [.. all.Living],
            _ => [],
        };
        return kind is < 0 or > PriorityKindsMax ? -Errno.EINVAL
            : found.Count == 0 ? -Errno.ESRCH : 0;
    }

    /// <summary>The kernel answers 20 - nice.</summary>
    private static SystemCallResult GetPriority(KernelCall call)
    {
        int error = FindAll(call, call.Int32Argument(0), out IReadOnlyList<GuestProcess> found);
        return error != 0 ? error : 20 - found.Min(p => p.Traits.Nice);
    }

    private static SystemCallResult SetPriority(KernelCall call)
    {
        int error = FindAll(call, call.Int32Argument(0), out IReadOnlyList<GuestProcess> found);
        int nice = Math.Clamp(call.Int32Argument(2), NiceMin, NiceMax);
        foreach (GuestProcess process in found)
        {
            // RLIMIT_NICE is 0 here: nobody becomes less nice again.
            error = nice < process.Traits.Nice ? -Errno.EACCES : error;
            process.Traits.Nice = Math.Max(nice, process.Traits.Nice);
        }

        return error;
    }

    private static SystemCallResult SetInputOutput(KernelCall call)
    {
        int value = call.Int32Argument(2);
        int kind = value >> InputOutputClassShift;
        if (kind is < 0 or > 3)
        {
            return -Errno.EINVAL;
        }

        if (kind == InputOutputRealtime)
        {
            return -Errno.EPERM;
        }

        int error = FindForInputOutput(call, out IReadOnlyList<GuestProcess> found);
        foreach (GuestProcess process in found)
        {
            process.Traits.InputOutputPriority = value;
        }

        return error;
    }

    private static SystemCallResult GetInputOutput(KernelCall call)
    {
        int error = FindForInputOutput(call, out IReadOnlyList<GuestProcess> found);
        return error != 0 ? error : found[0].Traits.InputOutputPriority;
    }

    /// <summary>Processes by IOPRIO_WHO_PROCESS, _PGRP or _USER: one more than the PRIO_ of the
    /// same meaning.</summary>
    private static int FindForInputOutput(KernelCall call, out IReadOnlyList<GuestProcess> found) =>
        FindAll(call, unchecked(call.Int32Argument(0) - 1), out found);
}
