namespace Dilaton.Native;

/// <summary>What KVM can be asked whether it has it, by the kernel's numbers. It claims things that
/// do not work: ask here what calls exist, and try what they do.</summary>
public enum KvmCapability
{
    VcpuCountAdvised = 9,
    MemorySlots = 10,
    TscControl = 60,
    VcpuCountMax = 66,
    SyncRegisters = 74,
    ImmediateExit = 136,
    VcpuAttributes = 127,
    UserSpaceMsr = 188,
}
