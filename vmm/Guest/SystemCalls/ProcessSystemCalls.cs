using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>fork, vfork, clone and exit_group.</summary>
internal static class ProcessSystemCalls
{
    private const ulong CSIGNAL = 0xff;
    private const ulong CLONE_VM = 0x100;
    private const ulong CLONE_FS = 0x200;
    private const ulong CLONE_FILES = 0x400;
    private const ulong CLONE_SIGHAND = 0x800;
    private const ulong CLONE_PTRACE = 0x2000;
    private const ulong CLONE_VFORK = 0x4000;
    private const ulong CLONE_PARENT = 0x8000;
    private const ulong CLONE_THREAD = 0x1_0000;
    private const ulong CLONE_NEWNS = 0x2_0000;
    private const ulong CLONE_SETTLS = 0x8_0000;
    private const ulong CLONE_PARENT_SETTID = 0x10_0000;
    private const ulong CLONE_CHILD_CLEARTID = 0x20_0000;
    private const ulong CLONE_CHILD_SETTID = 0x100_0000;
    private const ulong CLONE_PIDFD = 0x1000;
    private const ulong CLONE_IO = 0x8000_0000;

    /// <summary>New name spaces, which need privileges that no guest has.</summary>
    private const ulong NameSpaces = 0x7e02_0000;

    private const ulong Unsupported = CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_PTRACE
        | CLONE_PARENT | CLONE_IO;

    public static void Register(SystemCallTable table)
    {
        const KernelCostClass Cost = KernelCostClass.Process;
        table.AddKernel(
            56,
            "clone",
            Cost,
            Clone,
            "CLONE_FILES, _FS, _SIGHAND or _VM between processes that run at the same time, "
            + "CLONE_PARENT end the guest with a message; name spaces: EPERM");
        table.AddKernel(57, "fork", Cost, c => Begin(c, Signal.SIGCHLD, 0));
        table.AddKernel(
            58, "vfork", Cost, c => Begin(c, CLONE_VM | CLONE_VFORK | Signal.SIGCHLD, 0));
        table.AddKernel(231, "exit_group", Cost, ExitGroup);
    }

    private static SystemCallResult Clone(KernelCall call)
    {
        ulong flags = call.Argument(0);
        const ulong ThreadNeeds = CLONE_SIGHAND | CLONE_VM;
        if ((flags & CLONE_THREAD) != 0 && (flags & ThreadNeeds) != ThreadNeeds)
        {
            return -Errno.EINVAL;
        }

        // Both would be told in one place; and a pidfd of a thread is not known here.
        if ((flags & CLONE_PIDFD) != 0 && (flags & (CLONE_PARENT_SETTID | CLONE_THREAD)) != 0)
        {
            return -Errno.EINVAL;
        }

        return (flags & CLONE_THREAD) != 0
            ? ThreadSystemCalls.Clone(call)
            : Begin(call, flags, call.Argument(1));
    }

    /// <param name="stack">Of the child; 0 is where its parent's is.</param>
    private static SystemCallResult Begin(KernelCall call, ulong flags, ulong stack)
    {
        if (call.Thread.BorrowingChild is { } known)
        {
            return AwaitMemory(call, known);
        }

        bool shares = (flags & CLONE_VM) != 0;
        if ((flags & CLONE_SIGHAND) != 0 && !shares)
        {
            return -Errno.EINVAL;
        }

        if ((flags & NameSpaces) != 0)
        {
            return (flags & (CLONE_NEWNS | CLONE_FS)) == (CLONE_NEWNS | CLONE_FS)
                ? -Errno.EINVAL : -Errno.EPERM;
        }
        if ((flags & Unsupported) != 0 || (shares && (flags & CLONE_VFORK) == 0))
        {
            call.Kernel.EndUnsupported(
                call.Thread,
                $"the guest called clone(0x{flags:x}): processes that share files or run in one "
                + "memory at a time are not supported");
            return -Errno.ENOSYS;
        }

        if (!call.Kernel.MayHaveProcesses(call.Thread, "made a process"))
        {
            return -Errno.ENOSYS;
        }

        if (call.Kernel.Options.Addressing == MemoryAddressing.Identity)
        {
            call.Kernel.EndUnsupported(
                call.Thread,
                "the guest made a process: with `addressing: identity` two would have the same "
                + "physical addresses");
            return -Errno.ENOSYS;
        }

        return call.Kernel.Processes.Count >= ProcessTable.CountMax
            ? -Errno.EAGAIN
            : Make(call, flags, stack, shares);
    }

    private static SystemCallResult Make(KernelCall call, ulong flags, ulong stack, bool shares)
    {
        AddressSpace own = call.Process.Memory;
        AddressSpace? memory = shares ? own : own.Fork();
        if (memory is null)
        {
            return -Errno.ENOMEM;
        }

        if (shares)
        {
            own.AddUser();
        }

        GuestThread child = call.Kernel.Fork(
            call.Thread, call.Vcpu, memory, (int)(flags & CSIGNAL));
        ref GuestRegisters registers = ref child.Registers;
        registers.Rsp = stack != 0 ? stack : registers.Rsp;
        registers.FsBase = (flags & CLONE_SETTLS) != 0 ? call.Argument(4) : registers.FsBase;
        child.ClearChildTid = (flags & CLONE_CHILD_CLEARTID) != 0 ? call.Argument(3) : 0;
        child.SetChildTid = (flags & CLONE_CHILD_SETTID) != 0 ? call.Argument(3) : 0;
        if ((flags & CLONE_PARENT_SETTID) != 0)
        {
            call.Memory.TryWrite(call.Argument(2), child.Id);
        }

        if ((flags & CLONE_PIDFD) != 0)
        {
            long descriptor = call.Kernel.AddPidFile(call.ProcessId, child.Process);
            call.Memory.TryWrite(call.Argument(2), (int)descriptor);
        }

        call.Kernel.RunQueues.Enqueue(child);
        if ((flags & CLONE_VFORK) == 0)
        {
            return child.Id;
        }

        child.Process.BorrowsMemory = true;
        call.Thread.BorrowingChild = child.Process;
        return AwaitMemory(call, child.Process);
    }

    /// <summary>vfork: the parent stands until its child has memory of its own, or has ended.
    /// </summary>
    private static SystemCallResult AwaitMemory(KernelCall call, GuestProcess child)
    {
        if (child.BorrowsMemory)
        {
            return SystemCallResult.Block(new WaitRequest(
                [child.MemoryReturned], null, $"process {child.Id} to start its program (vfork)")
            {
                IsUninterruptible = true,
            });
        }

        call.Thread.BorrowingChild = null;
        return child.Id;
    }

    private static SystemCallResult ExitGroup(KernelCall call)
    {
        ProcessEnd end = new(call.Int32Argument(0) & 0xff, 0);
        call.Kernel.EndProcess(call.Process, end, () => "");
        return 0;
    }
}
