using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Guest;

/// <summary>Who the process is, what it may use, and random numbers.</summary>
internal static class IdentitySystemCalls
{
    private const int UtsFieldBytes = 65;
    private const int SystemInfoBytes = 112;
    private const int RandomFlagsMax = 7;
    private const int RandomChunkBytes = 256;

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(39, "getpid", KernelCostClass.Trivial, c => c.ProcessId);
        table.AddKernel(186, "gettid", KernelCostClass.Trivial, c => c.ThreadId);
        table.AddConstant(102, "getuid", GuestIdentity.UserId);
        table.AddConstant(107, "geteuid", GuestIdentity.UserId);
        table.AddConstant(104, "getgid", GuestIdentity.GroupId);
        table.AddConstant(108, "getegid", GuestIdentity.GroupId);
        table.AddKernel(
            118, "getresuid", KernelCostClass.Trivial, c => GetThree(c, GuestIdentity.UserId));
        table.AddKernel(
            120, "getresgid", KernelCostClass.Trivial, c => GetThree(c, GuestIdentity.GroupId));
        table.AddKernel(
            105, "setuid", KernelCostClass.Trivial, c => Set(c, 1, GuestIdentity.UserId));
        table.AddKernel(
            106, "setgid", KernelCostClass.Trivial, c => Set(c, 1, GuestIdentity.GroupId));
        table.AddKernel(
            113, "setreuid", KernelCostClass.Trivial, c => Set(c, 2, GuestIdentity.UserId));
        table.AddKernel(
            114, "setregid", KernelCostClass.Trivial, c => Set(c, 2, GuestIdentity.GroupId));
        table.AddKernel(
            117, "setresuid", KernelCostClass.Trivial, c => Set(c, 3, GuestIdentity.UserId));
        table.AddKernel(
            119, "setresgid", KernelCostClass.Trivial, c => Set(c, 3, GuestIdentity.GroupId));
        table.AddConstant(115, "getgroups", 0);
        table.AddConstant(116, "setgroups", -Errno.EPERM, "EPERM: nobody may");
        table.AddKernel(63, "uname", KernelCostClass.Trivial, Uname);
        table.AddKernel(99, "sysinfo", KernelCostClass.Trivial, SystemInfo);
        table.AddKernel(97, "getrlimit", KernelCostClass.Trivial, GetLimit);
        table.AddKernel(160, "setrlimit", KernelCostClass.Trivial, SetLimit);
        table.AddKernel(302, "prlimit64", KernelCostClass.Trivial, ProcessLimit);
        table.AddKernel(318, "getrandom", KernelCostClass.Trivial, GetRandom);
        table.AddKernel(
            157, "prctl", KernelCostClass.Trivial, ProcessControl.Handle, ProcessControl.Missing);
        table.AddKernel(125, "capget", KernelCostClass.Trivial, GetCapabilities);
        table.AddConstant(126, "capset", -Errno.EPERM, "EPERM: nobody has capabilities");
        table.AddKernel(
            135, "personality", KernelCostClass.Trivial, SetPersonality, "kept and told only");
    }

    private static SystemCallResult GetThree(KernelCall call, uint id) =>
        call.Memory.TryWrite(call.Argument(0), id)
            && call.Memory.TryWrite(call.Argument(1), id)
            && call.Memory.TryWrite(call.Argument(2), id)
            ? 0
            : -Errno.EFAULT;

    private static SystemCallResult Set(KernelCall call, int count, uint own)
    {
        for (int i = 0; i < count; i++)
        {
            uint id = (uint)call.Argument(i);
            if (id == uint.MaxValue && count == 1)
            {
                return -Errno.EINVAL;
            }

            if (id != own && id != uint.MaxValue)
            {
                return -Errno.EPERM;
            }
        }

        return 0;
    }

    private static SystemCallResult SetPersonality(KernelCall call)
    {
        uint old = call.Process.Traits.Personality;
        uint wanted = (uint)call.Argument(0);
        call.Process.Traits.Personality = wanted == uint.MaxValue ? old : wanted;
        return old;
    }

    private static SystemCallResult Uname(KernelCall call)
    {
        Span<byte> buffer = stackalloc byte[6 * UtsFieldBytes];
        buffer.Clear();
        string[] fields =
        [
            GuestIdentity.SystemName, call.Kernel.Options.NodeName, GuestIdentity.Release,
            GuestIdentity.Version, GuestIdentity.Machine, "(none)",
        ];
        for (int i = 0; i < fields.Length; i++)
        {
            Encoding.ASCII.GetBytes(fields[i], buffer[(i * UtsFieldBytes)..]);
        }

        return call.Memory.TryWrite(call.Argument(0), buffer) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult SystemInfo(KernelCall call)
    {
        AddressSpace memory = call.Process.Memory;
        Span<byte> info = stackalloc byte[SystemInfoBytes];
        info.Clear();
        long uptime = call.Kernel.Clocks.Read(GuestClocks.CLOCK_MONOTONIC).Seconds;
        Blittable.Write(info, uptime);
        Blittable.Write(info[32..], memory.LimitBytes);
        Blittable.Write(info[40..], memory.LimitBytes - call.Kernel.CommittedBytes);
        Blittable.Write(info[80..], (ushort)call.Kernel.Processes.Living.Count());
        Blittable.Write(info[104..], 1u);
        return call.Memory.TryWrite(call.Argument(0), info) ? 0 : -Errno.EFAULT;
    }

    private static SystemCallResult GetLimit(KernelCall call)
    {
        uint resource = (uint)call.Argument(0);
        return resource >= ResourceLimits.Count ? -Errno.EINVAL
            : WriteLimit(call, call.Process, call.Argument(1), (int)resource);
    }

    private static SystemCallResult SetLimit(KernelCall call)
    {
        uint resource = (uint)call.Argument(0);
        return resource >= ResourceLimits.Count ? -Errno.EINVAL
            : ReadLimit(call, call.Process, call.Argument(1), (int)resource);
    }

    private static SystemCallResult ProcessLimit(KernelCall call)
    {
        int id = call.Int32Argument(0);
        uint resource = (uint)call.Argument(1);
        if (resource >= ResourceLimits.Count)
        {
            return -Errno.EINVAL;
        }

        GuestProcess? process = id == 0
            ? call.Process
            : call.Kernel.Processes.Living.FirstOrDefault(p => p.Find(id) is not null);
        if (process is null)
        {
            return -Errno.ESRCH;
        }

        int error = call.Argument(3) == 0
            ? 0
            : WriteLimit(call, process, call.Argument(3), (int)resource);
        return error != 0 || call.Argument(2) == 0
            ? error
            : ReadLimit(call, process, call.Argument(2), (int)resource);
    }

    private static int WriteLimit(
        KernelCall call, GuestProcess process, ulong address, int resource)
    {
        (ulong soft, ulong hard) = process.Limits.Get(resource);
        return call.Memory.TryWrite(address, soft) && call.Memory.TryWrite(address + 8, hard)
            ? 0
            : -Errno.EFAULT;
    }

    private static int ReadLimit(
        KernelCall call, GuestProcess process, ulong address, int resource) =>
        call.Memory.TryRead(address, out ulong soft)
            && call.Memory.TryRead(address + 8, out ulong hard)
            ? -process.Limits.Set(resource, soft, hard)
            : -Errno.EFAULT;

    private static SystemCallResult GetRandom(KernelCall call)
    {
        const uint RandomAndInsecure = 6;
        uint flags = (uint)call.Argument(2);
        if (flags > RandomFlagsMax || (flags & RandomAndInsecure) == RandomAndInsecure)
        {
            return -Errno.EINVAL;
        }

        ulong length = Math.Min(call.Argument(1), int.MaxValue);
        Span<byte> chunk = stackalloc byte[RandomChunkBytes];
        for (ulong done = 0; done < length;)
        {
            Span<byte> part = chunk[..(int)Math.Min(length - done, RandomChunkBytes)];
            call.Kernel.Random.Fill(part);
            if (!call.Memory.TryWrite(call.Argument(0) + done, part))
            {
                return done > 0 ? (long)done : -Errno.EFAULT;
            }

            done += (ulong)part.Length;
        }

        return (long)length;
    }

    /// <summary>capget(2), version 3: no capabilities.</summary>
    private static SystemCallResult GetCapabilities(KernelCall call)
    {
        const uint Version3 = 0x2008_0522;
        if (!call.Memory.TryRead(call.Argument(0), out uint version))
        {
            return -Errno.EFAULT;
        }

        if (version != Version3)
        {
            return !call.Memory.TryWrite(call.Argument(0), Version3) ? -Errno.EFAULT
                : call.Argument(1) == 0 ? 0 : -Errno.EINVAL;
        }

        if (!call.Memory.TryRead(call.Argument(0) + sizeof(uint), out int id))
        {
            return -Errno.EFAULT;
        }

        if (id < 0)
        {
            return -Errno.EINVAL;
        }

        if (id != 0 && !call.Kernel.Processes.Living.Any(p => p.Find(id) is not null))
        {
            return -Errno.ESRCH;
        }

        Span<byte> none = stackalloc byte[24];
        none.Clear();
        return call.Argument(1) == 0 || call.Memory.TryWrite(call.Argument(1), none)
            ? 0
            : -Errno.EFAULT;
    }
}
