using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Yielding and affinity.</summary>
internal static class SchedulingSystemCalls
{
    public static void Register(SystemCallTable table)
    {
        table.AddKernel(24, "sched_yield", KernelCostClass.Wait, Yield);
        table.AddKernel(203, "sched_setaffinity", KernelCostClass.Trivial, SetAffinity);
        table.AddKernel(204, "sched_getaffinity", KernelCostClass.Trivial, GetAffinity);
        table.AddKernel(309, "getcpu", KernelCostClass.Trivial, GetCpu);
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
}
