namespace Dilaton.Tests.Differential;

/// <summary>How a memory operand names its address.</summary>
internal enum MemoryForm
{
    /// <summary>A register where the encoding allows one.</summary>
    None,
    Base,
    BaseDisp8,
    BaseDisp32,
    BaseIndex,
    BaseIndexDisp,
    IndexDisp,
    RipRelative,
    Absolute,
    FsSegment,
    GsSegment,
    AddressSize32,
    RspBase,
    R15Base,
    R15Index,
    RbpBase,
    R12Base,
    R13Base,
}
