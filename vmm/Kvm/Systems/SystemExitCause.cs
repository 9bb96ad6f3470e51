namespace Dilaton.Kvm;

/// <summary>What a system guest's vCPU came out of KVM_RUN for.</summary>
internal enum SystemExitCause
{
    Port,
    Memory,
    ReadMsr,
    WriteMsr,
    Interruption,
    Halt,
    InterruptWindow,
    End,
}
