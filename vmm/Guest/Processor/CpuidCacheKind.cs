namespace Dilaton.Guest;

/// <summary>Values as in CPUID leaf 4, EAX[4:0].</summary>
public enum CpuidCacheKind
{
    Data = 1,
    Instruction = 2,
    Unified = 3,
}
