using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>Threads: making, naming and ending them.</summary>
internal static class ThreadSystemCalls
{
    private const ulong CLONE_VM = 0x100;
    private const ulong CLONE_SIGHAND = 0x800;
    private const ulong CLONE_THREAD = 0x1_0000;
    private const ulong CLONE_SETTLS = 0x8_0000;
    private const ulong CLONE_PARENT_SETTID = 0x10_0000;
    private const ulong CLONE_CHILD_CLEARTID = 0x20_0000;
    private const ulong CLONE_CHILD_SETTID = 0x100_0000;
    private const ulong ThreadFlags = CLONE_VM | CLONE_SIGHAND | CLONE_THREAD;

    private const int ARCH_SET_GS = 0x1001;
    private const int ARCH_SET_FS = 0x1002;
    private const int ARCH_GET_FS = 0x1003;
    private const int ARCH_GET_GS = 0x1004;

    private const string Otherwise = "ENOSYS: C libraries have another way";

    public static void Register(SystemCallTable table)
    {
        table.AddKernel(60, "exit", KernelCostClass.Process, Exit);
        table.AddKernel(158, "arch_prctl", KernelCostClass.Trivial, ArchPrctl);
        table.AddKernel(218, "set_tid_address", KernelCostClass.Trivial, SetTidAddress);
        table.AddKernel(
            101,
            "ptrace",
            KernelCostClass.Process,
            c => Refuse(c, "ptrace"),
            "ends the guest with a message");

        // The C library asks for these first and has another way; that is no lack of theirs.
        table.AddConstant(334, "rseq", -Errno.ENOSYS, Otherwise);
        table.AddConstant(435, "clone3", -Errno.ENOSYS, Otherwise);
    }

    private static SystemCallResult Refuse(KernelCall call, string what)
    {
        call.Kernel.EndUnsupported(
            call.Thread,
            $"the guest called {what}, which is not supported");
        return -Errno.ENOSYS;
    }

    /// <summary>clone with CLONE_THREAD.</summary>
    public static SystemCallResult Clone(KernelCall call)
    {
        ulong flags = call.Argument(0);
        if ((flags & ThreadFlags) != ThreadFlags)
        {
            return Refuse(call, $"clone(0x{flags:x})");
        }

        GuestProcess process = call.Process;
        if (process.Threads.Count >= GuestProcess.ThreadsMax)
        {
            return -Errno.EAGAIN;
        }

        int id = call.Kernel.TakeThreadId();
        // Linux too makes the thread when these addresses are bad.
        if ((flags & CLONE_PARENT_SETTID) != 0)
        {
            call.Memory.TryWrite(call.Argument(2), id);
        }

        if ((flags & CLONE_CHILD_SETTID) != 0)
        {
            call.Memory.TryWrite(call.Argument(3), id);
        }

        GuestThread parent = call.Thread;
        var child = new GuestThread(process, id, parent.Affinity)
        {
            Name = parent.Name,
            LastVcpu = parent.LastVcpu,
            ClearChildTid = (flags & CLONE_CHILD_CLEARTID) != 0 ? call.Argument(3) : 0,
            Signals = new ThreadSignals { Blocked = parent.Signals.Blocked },
        };
        child.Save(call.Vcpu);
        ref GuestRegisters registers = ref child.Registers;
        registers.Rax = 0;
        if (call.Argument(1) != 0)
        {
            registers.Rsp = call.Argument(1);
        }

        if ((flags & CLONE_SETTLS) != 0)
        {
            registers.FsBase = call.Argument(4);
        }

        process.Add(child);
        call.Kernel.RunQueues.Enqueue(child);
        return id;
    }

    private static SystemCallResult Exit(KernelCall call)
    {
        call.Kernel.EndThread(call.Thread, call.Int32Argument(0) & 0xff);
        return 0;
    }

    private static SystemCallResult SetTidAddress(KernelCall call)
    {
        call.Thread.ClearChildTid = call.Argument(0);
        return call.ThreadId;
    }

    private static SystemCallResult ArchPrctl(KernelCall call)
    {
        ulong address = call.Argument(1);
        ref GuestRegisters registers = ref call.Vcpu.Registers;
        switch (call.Int32Argument(0))
        {
            case ARCH_SET_FS when address < call.Process.Memory.Window.End:
                registers.FsBase = address;
                return 0;
            case ARCH_SET_GS when address < call.Process.Memory.Window.End:
                registers.GsBase = address;
                return 0;
            case ARCH_SET_FS or ARCH_SET_GS:
                return -Errno.EPERM;
            case ARCH_GET_FS:
                return call.Memory.TryWrite(address, registers.FsBase) ? 0 : -Errno.EFAULT;
            case ARCH_GET_GS:
                return call.Memory.TryWrite(address, registers.GsBase) ? 0 : -Errno.EFAULT;
            default:
                return -Errno.EINVAL;
        }
    }
}
