using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>A system call in progress, as the node kernel's own handlers see it.</summary>
internal sealed class KernelCall(GuestKernel kernel) : SystemCallContext
{
    private GuestThread? _thread;
    private IVcpu? _vcpu;

    public GuestKernel Kernel => kernel;

    public GuestThread Thread => _thread!;

    public GuestProcess Process => _thread!.Process;

    /// <summary>The vCPU that the thread runs on; its registers are the thread's.</summary>
    public IVcpu Vcpu => _vcpu!;

    /// <summary>Set by a handler whose thread lets others run, or may not run here any more.
    /// </summary>
    public bool Yields { get; set; }

    /// <summary>Set by a handler that has loaded all registers: rax is no result.</summary>
    public bool HasSetRegisters { get; set; }

    public override IUserMemory Memory => kernel.UserMemory;

    public override VirtualTime Now => kernel.Now;

    public override VirtualTime EnteredAt => Thread.CallEnteredAt;

    public override bool IsRetry => Thread.IsRetry;

    public override bool TimedOut => Thread.TimedOut;

    public override bool IsInterrupted => Thread.IsInterrupted;

    public override int ProcessId => Process.Id;

    public override int ThreadId => Thread.Id;

    public override ulong Argument(int index)
    {
        ref GuestRegisters r = ref Vcpu.Registers;
        return index switch
        {
            0 => r.Rdi,
            1 => r.Rsi,
            2 => r.Rdx,
            3 => r.R10,
            4 => r.R8,
            5 => r.R9,
            _ => throw new InvariantException("a system call has six arguments"),
        };
    }

    public override int ReplaceSignalMask(ulong address, ulong sizeBytes)
    {
        if (address == 0)
        {
            return 0;
        }

        if (sizeBytes != sizeof(ulong))
        {
            return Errno.EINVAL;
        }

        if (!Memory.TryRead(address, out ulong mask))
        {
            return Errno.EFAULT;
        }

        Thread.Signals.ReplacedMask = Thread.Signals.Blocked;
        kernel.Signals.Block(Thread, mask);
        return 0;
    }

    public void Begin(GuestThread thread, IVcpu vcpu)
    {
        _thread = thread;
        _vcpu = vcpu;
        Yields = false;
        HasSetRegisters = false;
        ActualCost = null;
        kernel.UserMemory.Bind(thread.Process.Memory, vcpu.Id);
    }
}
