namespace Dilaton.Tests.Differential;

internal enum OperandClass
{
    Register,
    RegisterOrMemory,
    Memory,
    Fixed,
    Special,
    Unsupported,
}
