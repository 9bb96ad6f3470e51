namespace Dilaton.Native;

/// <summary>Why KVM_RUN came back, by the kernel's numbers; those that Dilaton's guests can cause.
/// </summary>
public enum KvmExitReason
{
    Unknown = 0,
    Exception = 1,
    PortAccess = 2,
    Hypercall = 3,
    Debug = 4,
    Halt = 5,
    MemoryMappedAccess = 6,
    InterruptWindow = 7,
    Shutdown = 8,
    EntryFailed = 9,
    Interrupted = 10,
    TaskPriority = 11,
    InternalError = 17,
    ReadMsr = 29,
    WriteMsr = 30,
    MemoryFault = 39,
}
