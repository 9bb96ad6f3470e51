using System.Buffers.Binary;
using System.Numerics;

namespace Dilaton.Guest;

/// <summary>The emulated processor as CPUID shows it: x86-64-v3 with AES and PCLMULQDQ, the same on
/// every host and engine. Bit positions: Intel SDM vol. 2A, "CPUID - CPU Identification".</summary>
public sealed class CpuidTable(
    int vcpuCount, int lineSizeBytes, IReadOnlyList<CpuidCache> caches)
{
    private const uint MaxBasicLeaf = 0xD;
    private const uint MaxExtendedLeaf = 0x8000_0008;

    // glibc reads feature bits of vendors it knows only, and then refuses its own libc.so.6:
    // the model below is Intel's. Who it really is stands where hypervisors say it.
    private const string Vendor = "GenuineIntel";
    private const uint HypervisorLeaf = 0x4000_0000;
    private const string Hypervisor = "DilatonVMM";
    private const string Brand = "Dilaton x86-64-v3 virtual processor";
    private const uint StateBytes = 832;

    // fpu tsc msr cx8 sep cmov clfsh mmx fxsr sse sse2 htt
    private const uint Leaf1Edx = (1u << 0) | (1u << 4) | (1u << 5) | (1u << 8) | (1u << 11)
        | (1u << 15) | (1u << 19) | (1u << 23) | (1u << 24) | (1u << 25) | (1u << 26);

    // sse3 pclmul ssse3 fma cx16 sse4.1 sse4.2 movbe popcnt aes xsave osxsave avx f16c hypervisor
    private const uint Leaf1Ecx = (1u << 0) | (1u << 1) | (1u << 9) | (1u << 12) | (1u << 13)
        | (1u << 19) | (1u << 20) | (1u << 22) | (1u << 23) | (1u << 25) | (1u << 26)
        | (1u << 27) | (1u << 28) | (1u << 29) | (1u << 31);

    // fsgsbase bmi1 avx2 smep bmi2
    private const uint Leaf7Ebx = (1u << 0) | (1u << 3) | (1u << 5) | (1u << 7) | (1u << 8);

    // rdpid
    private const uint Leaf7Ecx = 1u << 22;

    // syscall nx rdtscp lm
    private const uint ExtendedEdx = (1u << 11) | (1u << 20) | (1u << 27) | (1u << 29);

    // lahf lzcnt prefetchw
    private const uint ExtendedEcx = (1u << 0) | (1u << 5) | (1u << 8);

    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Read(uint leaf, uint subleaf, int vcpu)
    {
        switch (leaf)
        {
            case 0:
                return (MaxBasicLeaf, Word(Vendor, 0), Word(Vendor, 8), Word(Vendor, 4));
            case 1:
                return Identity(vcpu);
            case 2:
                return (0x00FF_FF01, 0, 0, 0xFF);
            case 4:
                return Cache(subleaf);
            case 7 when subleaf == 0:
                return (0, Leaf7Ebx, Leaf7Ecx, 0);
            case 0xB:
                return Topology(subleaf, vcpu);
            case 0xD:
                return State(subleaf);
            case HypervisorLeaf:
                return (HypervisorLeaf, Word(Hypervisor, 0), Word(Hypervisor, 4),
                    Word(Hypervisor, 8));
            case 0x8000_0000:
                return (MaxExtendedLeaf, Word(Vendor, 0), Word(Vendor, 8), Word(Vendor, 4));
            case 0x8000_0001:
                return (Signature, 0, ExtendedEcx, ExtendedEdx);
            case 0x8000_0002 or 0x8000_0003 or 0x8000_0004:
                int at = (int)(leaf - 0x8000_0002) * 16;
                return (Word(Brand, at), Word(Brand, at + 4), Word(Brand, at + 8),
                    Word(Brand, at + 12));
            case 0x8000_0006:
                return (0, 0, L2Summary, 0);
            case 0x8000_0007:
                return (0, 0, 0, 1u << 8);
            case 0x8000_0008:
                return (0x3030, 0, (uint)(vcpuCount - 1), 0);
            default:
                return default;
        }
    }

    /// <summary>Family 6, model 60, stepping 3.</summary>
    private const uint Signature = 0x0003_06C3;

    private uint ThreadIdBits =>
        (uint)(32 - BitOperations.LeadingZeroCount((uint)(vcpuCount - 1)));

    private uint L2Summary
    {
        get
        {
            foreach (CpuidCache cache in caches)
            {
                if (cache.Level == 2)
                {
                    return ((uint)(cache.SizeBytes >> 10) << 16) | (6u << 12)
                        | (uint)cache.LineSizeBytes;
                }
            }

            return 0;
        }
    }

    private (uint Eax, uint Ebx, uint Ecx, uint Edx) Identity(int vcpu)
    {
        uint threads = Math.Min((uint)vcpuCount, 255);
        uint multi = vcpuCount > 1 ? 1u << 28 : 0;
        uint ebx = ((uint)vcpu << 24) | (threads << 16) | ((uint)(lineSizeBytes / 8) << 8);
        return (Signature, ebx, Leaf1Ecx, Leaf1Edx | multi);
    }

    private (uint Eax, uint Ebx, uint Ecx, uint Edx) Cache(uint subleaf)
    {
        if (subleaf >= (uint)caches.Count)
        {
            return default;
        }

        CpuidCache cache = caches[(int)subleaf];
        uint sharing = cache.Shared ? (1u << (int)ThreadIdBits) - 1 : 0;
        uint cores = Math.Min((1u << (int)ThreadIdBits) - 1, 63);
        uint eax = (uint)cache.Kind | ((uint)cache.Level << 5) | (1u << 8) | (sharing << 14)
            | (cores << 26);
        uint ebx = (uint)(cache.LineSizeBytes - 1) | ((uint)(cache.Ways - 1) << 22);
        return (eax, ebx, (uint)(cache.Sets - 1), 0);
    }

    private (uint Eax, uint Ebx, uint Ecx, uint Edx) Topology(uint subleaf, int vcpu) =>
        subleaf switch
        {
            0 => (0, 1, 1u << 8, (uint)vcpu),
            1 => (ThreadIdBits, (uint)vcpuCount, 1 | (2u << 8), (uint)vcpu),
            _ => (0, 0, subleaf, (uint)vcpu),
        };

    private static (uint Eax, uint Ebx, uint Ecx, uint Edx) State(uint subleaf) =>
        subleaf switch
        {
            0 => (7, StateBytes, StateBytes, 0),
            2 => (256, 576, 0, 0),
            _ => default,
        };

    private static uint Word(string text, int at)
    {
        Span<byte> bytes = stackalloc byte[4];
        for (int i = 0; i < 4; i++)
        {
            bytes[i] = at + i < text.Length ? (byte)text[at + i] : (byte)0;
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
