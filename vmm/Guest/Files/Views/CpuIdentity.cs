namespace Dilaton.Guest;

/// <summary>The emulated processor as <c>/proc/cpuinfo</c> names it: x86-64-v3 whatever the host
/// has, the same as the CPUID instruction tells.</summary>
internal static class CpuIdentity
{
    public const string Vendor = "GenuineIntel";
    public const int Family = 6;
    public const int Model = 60;
    public const int Stepping = 3;
    public const int HighestLeaf = 13;
    public const string ModelName = "Dilaton x86-64-v3 Processor";

    public const string Flags =
        "fpu tsc cx8 cmov clflush mmx fxsr sse sse2 ht syscall nx rdtscp lm constant_tsc "
        + "rep_good nopl nonstop_tsc cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe "
        + "popcnt aes xsave avx f16c lahf_lm abm bmi1 avx2 bmi2 sha_ni";
}
