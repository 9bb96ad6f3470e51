using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Yielding, affinity, priorities. Priorities are accepted and change nothing: threads
/// take turns.</summary>
internal static class SchedulingSystemCalls
{
    private const int PoliciesMax = 6;
    private const int RealtimePriorityMax = 99;
    private const int SchedAttributeBytes = 48;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(24, "sched_yield", KernelCostClass.Wait, Yield);
        table.AddKernel(203, "sched_setaffinity", KernelCostClass.Trivial, SetAffinity);
        table.AddKernel(204, "sched_getaffinity", KernelCostClass.Trivial, GetAffinity);
        table.AddKernel(309, "getcpu", KernelCostClass.Trivial, GetCpu);
        table.AddKernel(142, "sched_setparam", KernelCostClass.Trivial, c => Find(c, 0, out _));
        table.AddKernel(143, "sched_getparam", KernelCostClass.Trivial, GetParameter);
        table.AddKernel(
            144, "sched_setscheduler", KernelCostClass.Trivial, c => Find(c, 0, out _));
        table.AddKernel(
            145, "sched_getscheduler", KernelCostClass.Trivial, c => Find(c, 0, out _));
        table.AddKernel(
            146, "sched_get_priority_max", KernelCostClass.Trivial, c => Bound(c, isMax: true));
        table.AddKernel(
            147, "sched_get_priority_min", KernelCostClass.Trivial, c => Bound(c, isMax: false));
        table.AddKernel(148, "sched_rr_get_interval", KernelCostClass.Trivial, GetInterval);
        table.AddKernel(314, "sched_setattr", KernelCostClass.Trivial, c => Find(c, 0, out _));
        table.AddKernel(315, "sched_getattr", KernelCostClass.Trivial, GetAttributes);

        // getpriority answers 20 - nice.
        table.AddConstant(140, "getpriority", 20);
        table.AddConstant(141, "setpriority", 0);
    }

    private static int Find(KernelCall call, int argument, out GuestThread thread)
    {
        int id = call.Int32Argument(argument);
        thread = (id == 0 ? call.Thread : call.Process.Find(id))!;
        return thread is null ? -Errno.ESRCH : 0;
    }

    private static SystemCallResult Yield(KernelCall call)
    {
        call.Yields = call.Kernel.RunQueues.HasReady(call.Vcpu.Id);
        return 0;
    }

    private static SystemCallResult SetAffinity(KernelCall call)
    {
        int error = Find(call, 0, out GuestThread thread);
        if (error != 0)
        {
            return error;
        }

        Span<byte> bytes = stackalloc byte[VcpuSet.CountMax / 8];
        bytes.Clear();
        int length = (int)Math.Min(call.Argument(1), (ulong)bytes.Length);
        if (!call.Memory.TryRead(call.Argument(2), bytes[..length]))
        {
            return -Errno.EFAULT;
        }

        Span<ulong> words = stackalloc ulong[bytes.Length / 8];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(
                bytes[(i * 8)..]);
        }

        VcpuSet set = new VcpuSet(words).And(VcpuSet.All(call.Kernel.RunQueues.VcpuCount));
        if (set.Count() == 0)
        {
            return -Errno.EINVAL;
        }

        Move(call, thread, set);
        return 0;
    }

    private static void Move(KernelCall call, GuestThread thread, VcpuSet set)
    {
        thread.Affinity = set;
        RunQueues queues = call.Kernel.RunQueues;
        if (thread == call.Thread)
        {
            call.Yields = !set.Contains(call.Vcpu.Id.Index);
        }
        else if (thread.State == ThreadState.Ready)
        {
            queues.Withdraw(thread);
            queues.Enqueue(thread);
        }
        else if (thread.State == ThreadState.Running && !set.Contains(thread.LastVcpu))
        {
            queues.Interrupt(new VcpuId(thread.LastVcpu));
        }
    }

    private static SystemCallResult GetAffinity(KernelCall call)
    {
        int error = Find(call, 0, out GuestThread thread);
        if (error != 0)
        {
            return error;
        }

        ReadOnlySpan<ulong> words = thread.Affinity.Words;
        ulong room = call.Argument(1);
        if (room % 8 != 0 || room * 8 < (ulong)call.Kernel.RunQueues.VcpuCount)
        {
            return -Errno.EINVAL;
        }

        int count = (int)Math.Min(room / 8, (ulong)(call.Kernel.RunQueues.VcpuCount + 63) / 64);
        for (int i = 0; i < count; i++)
        {
            ulong word = i < words.Length ? words[i] : 0;
            if (!call.Memory.TryWrite(call.Argument(2) + ((ulong)i * 8), word))
            {
                return -Errno.EFAULT;
            }
        }

        return count * 8;
    }

    private static SystemCallResult GetCpu(KernelCall call)
    {
        ulong cpu = call.Argument(0);
        ulong node = call.Argument(1);
        return (cpu == 0 || call.Memory.TryWrite(cpu, (uint)call.Vcpu.Id.Index))
            && (node == 0 || call.Memory.TryWrite(node, 0u))
            ? 0
            : -Errno.EFAULT;
    }

    private static SystemCallResult GetParameter(KernelCall call)
    {
        int error = Find(call, 0, out _);
        return error != 0 ? error
            : call.Memory.TryWrite(call.Argument(1), 0) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult Bound(KernelCall call, bool isMax) =>
        call.Int32Argument(0) switch
        {
            1 or 2 => isMax ? RealtimePriorityMax : 1,
            0 or 3 or 5 or PoliciesMax => 0,
            _ => -Errno.EINVAL,
        };

    private static SystemCallResult GetInterval(KernelCall call)
    {
        int error = Find(call, 0, out _);
        TimeSpec turn = GuestClocks.ToTimeSpec(call.Kernel.Options.TimeSlice);
        return error != 0 ? error
            : call.Memory.TryWrite(call.Argument(1), turn) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult GetAttributes(KernelCall call)
    {
        int error = Find(call, 0, out _);
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
}
