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
    public const string ModelName = "Dilaton x86-64-v3 virtual processor";

    public const string AddressSizes = "48 bits physical, 48 bits virtual";

    /// <summary>In the order of Linux: CPUID leaf 1 EDX, extended leaf 1 EDX, Linux's own words,
    /// leaf 1 ECX, extended leaf 1 ECX, leaf 7.</summary>
    public static string GetFlags(int vcpuCount) =>
        "fpu tsc msr cx8 sep cmov clflush mmx fxsr sse sse2 "
        + (vcpuCount > 1 ? "ht " : "")
        + "syscall nx rdtscp lm constant_tsc rep_good nopl nonstop_tsc cpuid tsc_known_freq "
        + "pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 movbe popcnt aes xsave avx f16c "
        + "hypervisor lahf_lm abm 3dnowprefetch fsgsbase bmi1 avx2 smep bmi2 rdpid";
}
