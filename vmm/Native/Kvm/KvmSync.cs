namespace Dilaton.Native;

/// <summary>Which register sets KVM_RUN takes from the shared page and leaves there.</summary>
[Flags]
public enum KvmSync
{
    None = 0,
    Registers = 1,
    SystemRegisters = 2,
    All = Registers | SystemRegisters,
}
