namespace Dilaton.Native;

/// <summary>Where things lie in a vCPU's page shared with the kernel, its struct kvm_run.</summary>
public static class KvmRunLayout
{
    /// <summary>To be told when the guest can take an interrupt; where its controller is not in the kernel, as what
    /// follows of it.</summary>
    public const int RequestInterruptWindow = 0;
    public const int ImmediateExit = 1;
    public const int ExitReason = 8;

    /// <summary>Whether <see cref="KvmVcpu.Interrupt"/> may be called now, and whether the guest lets interrupts in.
    /// </summary>
    public const int ReadyForInterrupt = 12;
    public const int InterruptFlag = 13;

    /// <summary>CR8, which KVM takes over at each entry.</summary>
    public const int TaskPriority = 16;
    public const int ApicBase = 24;

    /// <summary>What belongs to the exit: a union.</summary>
    public const int Exit = 32;

    /// <summary>io: direction, size, port, count, offset of the data.</summary>
    public const int PortDirection = 32;
    public const int PortSize = 33;
    public const int Port = 34;
    public const int PortCount = 36;
    public const int PortDataOffset = 40;

    /// <summary>mmio: address, data, length, whether it writes.</summary>
    public const int MemoryAddress = 32;
    public const int MemoryData = 40;
    public const int MemoryLength = 48;
    public const int MemoryIsWrite = 52;

    /// <summary>debug: the address of the instruction.</summary>
    public const int DebugAddress = 40;

    /// <summary>msr: error, index, data.</summary>
    public const int MsrError = 32;
    public const int MsrIndex = 44;
    public const int MsrData = 48;

    /// <summary>internal: suberror.</summary>
    public const int Suberror = 32;

    /// <summary>fail_entry: hardware_entry_failure_reason.</summary>
    public const int EntryFailure = 32;

    /// <summary>memory_fault: gpa, where the kernel has it.</summary>
    public const int FaultPhysical = 48;

    public const int ValidRegisters = 288;
    public const int DirtyRegisters = 296;
    public const int Registers = 304;
    public const int SystemRegisters = Registers + 144;

    /// <summary>The kernel's struct kvm_vcpu_events; of it, whether an exception is being delivered,
    /// and whether one waits for that.</summary>
    public const int Events = SystemRegisters + 312;
    public const int ExceptionInjected = Events;
    public const int ExceptionPending = Events + 3;

    /// <summary>Its size without what lies behind.</summary>
    public const int SizeBytes = 2352;
}
