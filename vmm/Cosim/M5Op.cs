namespace Dilaton.Cosim;

/// <summary>gem5's pseudo-instruction numbers (gem5, include/gem5/asm/generic/m5ops.h) that a
/// program guest may use.</summary>
internal static class M5Op
{
    public const int ReadNanoseconds = 0x07;
    public const int Exit = 0x21;
    public const int Fail = 0x22;
    public const int ResetStatistics = 0x40;
    public const int DumpStatistics = 0x41;
    public const int DumpResetStatistics = 0x42;
    public const int WorkBegin = 0x5a;
    public const int WorkEnd = 0x5b;
}
