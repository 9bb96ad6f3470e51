using System.Text;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The processor that a system guest sees: the host's as far as KVM can show it, without what
/// would show the host's time, and with its counter's rate announced as VMware does it, which Linux and
/// BSD ask for on any vendor's processors (VMware, "Mechanisms to determine if software is running in a
/// VMware virtual machine"; Linux, arch/x86/kernel/cpu/vmware.c).</summary>
internal static class SystemCpuid
{
    public const uint Signature = 0x4000_0000;
    public const uint Timing = 0x4000_0010;

    private const uint HypervisorLast = 0x4fff_ffff;
    private const uint ApicIdMask = 0x0000_ffff;
    private const uint X2Apic = 1u << 21;
    private const uint TscDeadline = 1u << 24;
    private const uint HypervisorPresent = 1u << 31;
    private const uint HyperThreading = 1u << 28;
    private const uint InvariantTsc = 1u << 8;
    private const uint TopologyExtensions = 1u << 22;
    private const uint MonitorX = 1u << 29;
    private const uint CoresMask = 0x03ff_ffff;
    private const uint CacheKindMask = 0x1f;

    /// <summary>Extended topology, performance counters, the host's own clock rates, and topology
    /// again.</summary>
    private static readonly uint[] s_hidden = [0xa, 0xb, 0x15, 0x16, 0x1f, 0x8000_001e];

    /// <param name="id">Of the vCPU, which is its APIC id.</param>
    /// <param name="hasDeadline">Its local APIC's timer has TSC-deadline mode.</param>
    public static KvmCpuidEntry[] Of(
        IReadOnlyList<KvmCpuidEntry> supported, int id, int count, AnnouncedClock clock, bool hasDeadline = true)
    {
        List<KvmCpuidEntry> entries = [];
        foreach (KvmCpuidEntry entry in supported)
        {
            if (entry.Leaf is < Signature or > HypervisorLast && !s_hidden.Contains(entry.Leaf))
            {
                entries.Add(Adapt(entry, (uint)id, (uint)count, hasDeadline));
            }
        }

        byte[] name = Encoding.ASCII.GetBytes("VMwareVMware");
        entries.Add(new KvmCpuidEntry
        {
            Leaf = Signature,
            Eax = Timing,
            Ebx = BitConverter.ToUInt32(name, 0),
            Ecx = BitConverter.ToUInt32(name, 4),
            Edx = BitConverter.ToUInt32(name, 8),
        });
        entries.Add(new KvmCpuidEntry { Leaf = Timing, Eax = clock.Kilohertz, Ebx = clock.BusHertz / 1000 });
        return [.. entries];
    }

    private static KvmCpuidEntry Adapt(KvmCpuidEntry entry, uint id, uint count, bool hasDeadline)
    {
        switch (entry.Leaf)
        {
            case 1:
                entry.Ebx = (entry.Ebx & ApicIdMask) | (count << 16) | (id << 24);
                entry.Ecx = (entry.Ecx & ~(X2Apic | TscDeadline)) | HypervisorPresent;
                entry.Ecx |= hasDeadline ? TscDeadline : 0;
                entry.Edx = count > 1 ? entry.Edx | HyperThreading : entry.Edx & ~HyperThreading;
                break;
            case 4 when (entry.Eax & CacheKindMask) != 0:
                entry.Eax = (entry.Eax & CoresMask) | ((count - 1) << 26);
                break;
            case 0x8000_0001:
                entry.Ecx &= ~(TopologyExtensions | MonitorX);
                break;
            case 0x8000_0007:
                entry.Edx |= InvariantTsc;
                break;
            case 0x8000_0008:
                entry.Ecx = count - 1;
                break;
            default:
                break;
        }

        return entry;
    }
}
