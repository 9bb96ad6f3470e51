using System.Runtime.InteropServices;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>poll(2) and select(2).</summary>
internal sealed class PollCalls(NodeFileSystem files) : FileCallGroup(files)
{
    private const int EntrySizeBytes = 8;
    private const int SelectCountMax = 1 << 20;
    private const PollEvents Always = PollEvents.Error | PollEvents.HangUp | PollEvents.Invalid;

    private const PollEvents SelectRead = PollEvents.In | PollEvents.ReadNormal
        | PollEvents.ReadBand | PollEvents.HangUp | PollEvents.Error;

    private const PollEvents SelectWrite =
        PollEvents.Out | PollEvents.WriteNormal | PollEvents.WriteBand | PollEvents.Error;

    public override void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Wait;
        table.Add(7, "poll", Cost, Poll);
        table.Add(271, "ppoll", Cost, PollPrecise);
        table.Add(23, "select", Cost, call => Select(call, isPrecise: false));
        table.Add(270, "pselect6", Cost, call => Select(call, isPrecise: true));
    }

    private SystemCallResult Poll(SystemCallContext call)
    {
        PendingCall pending = Files.GetPending(call);
        int timeout = call.Int32Argument(2);
        if (!call.IsRetry && timeout >= 0)
        {
            pending.Deadline = TimeArguments.ToDeadline(
                call.Now, VirtualDuration.FromMilliseconds((ulong)timeout));
        }

        return PollOnce(call, pending);
    }

    private SystemCallResult PollPrecise(SystemCallContext call)
    {
        PendingCall pending = Files.GetPending(call);
        ulong timeout = call.Argument(2);
        if (!call.IsRetry && timeout != 0)
        {
            int error = TimeArguments.TryReadTimespec(call, timeout, out VirtualDuration wait);
            if (error != 0)
            {
                return -error;
            }

            pending.Deadline = TimeArguments.ToDeadline(call.Now, wait);
        }

        int maskError = call.IsRetry
            ? 0
            : call.ReplaceSignalMask(call.Argument(3), call.Argument(4));
        if (maskError != 0)
        {
            return -maskError;
        }

        SystemCallResult result = PollOnce(call, pending);
        bool isOver = result.Wait is null || call.IsInterrupted;
        if (isOver && timeout != 0 && pending.Deadline is { } deadline)
        {
            TimeArguments.TryWriteTimespec(call, timeout, GetRest(call, deadline));
        }

        return result;
    }

    private SystemCallResult PollOnce(SystemCallContext call, PendingCall pending)
    {
        ulong count = (uint)call.Argument(1);
        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        if (count > (ulong)descriptors.Limit)
        {
            return -Errno.EINVAL;
        }

        var entries = new PollEntry[count];
        for (int i = 0; i < entries.Length; i++)
        {
            ulong at = call.Argument(0) + ((ulong)i * EntrySizeBytes);
            if (!call.Memory.TryRead(at, out entries[i]))
            {
                return -Errno.EFAULT;
            }
        }

        int ready = 0;
        List<WaitQueue> queues = [];
        foreach (ref PollEntry entry in entries.AsSpan())
        {
            PollEvents events = PollEvents.None;
            if (entry.Descriptor >= 0)
            {
                events = Look(descriptors, entry.Descriptor, queues)
                    & ((PollEvents)(ushort)entry.Wanted | Always);
            }

            entry.Found = (short)events;
            ready += events != PollEvents.None ? 1 : 0;
        }

        if (ready == 0 && !IsOver(call, pending))
        {
            return SystemCallResult.Block(new WaitRequest(queues, pending.Deadline, "poll")
            {
                WhenInterrupted = -Errno.ERESTARTNOHAND,
            });
        }

        for (int i = 0; i < entries.Length; i++)
        {
            ulong at = call.Argument(0) + ((ulong)i * EntrySizeBytes) + 6;
            if (!call.Memory.TryWrite(at, entries[i].Found))
            {
                return -Errno.EFAULT;
            }
        }

        return ready;
    }

    private static PollEvents Look(
        FileDescriptorTable descriptors, int descriptor, List<WaitQueue> queues)
    {
        if (!descriptors.TryGet(descriptor, out OpenFile? file) || file.IsPathOnly)
        {
            return PollEvents.Invalid;
        }

        file.AddQueues(queues);
        return file.Poll();
    }

    /// <summary>The time is up; a time-out of zero always is.</summary>
    private static bool IsOver(SystemCallContext call, PendingCall pending) =>
        call.TimedOut || (pending.Deadline is { } deadline && deadline <= call.Now);

    private static VirtualDuration GetRest(SystemCallContext call, VirtualTime deadline) =>
        deadline > call.Now ? deadline - call.Now : VirtualDuration.Zero;

    private SystemCallResult Select(SystemCallContext call, bool isPrecise)
    {
        PendingCall pending = Files.GetPending(call);
        ulong timeout = call.Argument(4);
        if (!call.IsRetry && timeout != 0)
        {
            int error = isPrecise
                ? TimeArguments.TryReadTimespec(call, timeout, out VirtualDuration wait)
                : TimeArguments.TryReadTimeval(call, timeout, out wait);
            if (error != 0)
            {
                return -error;
            }

            pending.Deadline = TimeArguments.ToDeadline(call.Now, wait);
        }

        int maskError = isPrecise && !call.IsRetry ? ReplaceMask(call) : 0;
        if (maskError != 0)
        {
            return -maskError;
        }

        SystemCallResult result = SelectOnce(call, pending);
        bool isOver = result.Wait is null || call.IsInterrupted;
        if (isOver && timeout != 0 && pending.Deadline is { } deadline)
        {
            VirtualDuration rest = GetRest(call, deadline);
            _ = isPrecise
                ? TimeArguments.TryWriteTimespec(call, timeout, rest)
                : TimeArguments.TryWriteTimeval(call, timeout, rest);
        }

        return result;
    }

    /// <summary>pselect6 has a structure of mask and size, for want of arguments.</summary>
    private static int ReplaceMask(SystemCallContext call)
    {
        ulong pair = call.Argument(5);
        return pair == 0 ? 0
            : !call.Memory.TryRead(pair, out ulong mask)
                || !call.Memory.TryRead(pair + 8, out ulong sizeBytes) ? Errno.EFAULT
            : call.ReplaceSignalMask(mask, sizeBytes);
    }

    private SystemCallResult SelectOnce(SystemCallContext call, PendingCall pending)
    {
        int count = call.Int32Argument(0);
        if (count < 0)
        {
            return -Errno.EINVAL;
        }

        FileDescriptorTable descriptors = GetProcess(call).Descriptors;
        count = Math.Min(count, Math.Min(descriptors.End, SelectCountMax));
        int setBytes = (count + 63) / 64 * 8;
        byte[][] sets = [new byte[setBytes], new byte[setBytes], new byte[setBytes]];
        for (int i = 0; i < sets.Length; i++)
        {
            ulong address = call.Argument(i + 1);
            if (address != 0 && !call.Memory.TryRead(address, sets[i]))
            {
                return -Errno.EFAULT;
            }
        }

        List<WaitQueue> queues = [];
        int ready = 0;
        for (int descriptor = 0; descriptor < count; descriptor++)
        {
            int found = SelectOne(descriptors, descriptor, sets, queues);
            if (found < 0)
            {
                return found;
            }

            ready += found;
        }

        if (ready == 0 && !IsOver(call, pending))
        {
            return SystemCallResult.Block(new WaitRequest(queues, pending.Deadline, "select")
            {
                WhenInterrupted = -Errno.ERESTARTNOHAND,
            });
        }

        for (int i = 0; i < sets.Length; i++)
        {
            ulong address = call.Argument(i + 1);
            if (address != 0 && !call.Memory.TryWrite(address, sets[i]))
            {
                return -Errno.EFAULT;
            }
        }

        return ready;
    }

    /// <summary>Clears a descriptor from the sets for which it is not ready.</summary>
    /// <returns>In how many sets it is ready, or -EBADF.</returns>
    private static int SelectOne(
        FileDescriptorTable descriptors, int descriptor, byte[][] sets, List<WaitQueue> queues)
    {
        (int at, int bit) = (descriptor >> 3, 1 << (descriptor & 7));
        if (((sets[0][at] | sets[1][at] | sets[2][at]) & bit) == 0)
        {
            return 0;
        }

        PollEvents events = Look(descriptors, descriptor, queues);
        if (events == PollEvents.Invalid)
        {
            return -Errno.EBADF;
        }

        ReadOnlySpan<PollEvents> wanted = [SelectRead, SelectWrite, PollEvents.Priority];
        int ready = 0;
        for (int i = 0; i < sets.Length; i++)
        {
            if ((sets[i][at] & bit) == 0)
            {
                continue;
            }

            if ((events & wanted[i]) != 0)
            {
                ready++;
            }
            else
            {
                sets[i][at] &= (byte)~bit;
            }
        }

        return ready;
    }

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
