namespace Dilaton.Core;

/// <summary>x86 exception vectors that user code can raise (Intel SDM vol. 3A, "Exception and
/// Interrupt Reference").</summary>
public enum FaultVector
{
    DivideError = 0,
    Debug = 1,
    Breakpoint = 3,
    InvalidOpcode = 6,
    GeneralProtection = 13,
    PageFault = 14,
    FloatingPoint = 16,
    AlignmentCheck = 17,
    SimdFloatingPoint = 19,
}
