namespace Dilaton.Native;

/// <summary>Which register sets KVM_RUN takes from the shared page and leaves there.</summary>
[Flags]
public enum KvmSync
{
    None = 0,
    Registers = 1,
    SystemRegisters = 2,

    /// <summary>Exceptions that KVM has still to deliver, and the like.</summary>
    Events = 4,
}
