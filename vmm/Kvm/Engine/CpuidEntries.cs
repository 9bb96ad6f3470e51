using Dilaton.Guest;
using Dilaton.Native;

namespace Dilaton.Kvm;

/// <summary>The emulated processor's CPUID in KVM's form.</summary>
internal static class CpuidEntries
{
    private const uint BasicMax = 0xD;
    private const uint Hypervisor = 0x4000_0000;
    private const uint ExtendedFirst = 0x8000_0000;
    private const uint ExtendedLast = 0x8000_0008;

    /// <summary>How many subleaves there are to those leaves that have any; the last of each says
    /// that it ends.</summary>
    private static readonly Dictionary<uint, uint> s_subleaves = new()
    {
        [4] = 8,
        [7] = 1,
        [0xB] = 3,
        [0xD] = 3,
    };

    public static KvmCpuidEntry[] Of(CpuidTable table, int vcpu)
    {
        List<KvmCpuidEntry> entries = [];
        for (uint leaf = 0; leaf <= BasicMax; leaf++)
        {
            Add(entries, table, leaf, vcpu);
        }

        Add(entries, table, Hypervisor, vcpu);
        for (uint leaf = ExtendedFirst; leaf <= ExtendedLast; leaf++)
        {
            Add(entries, table, leaf, vcpu);
        }

        return [.. entries];
    }

    private static void Add(
        List<KvmCpuidEntry> entries, CpuidTable table, uint leaf, int vcpu)
    {
        bool has = s_subleaves.TryGetValue(leaf, out uint count);
        for (uint subleaf = 0; subleaf < (has ? count : 1); subleaf++)
        {
            (uint eax, uint ebx, uint ecx, uint edx) = table.Read(leaf, subleaf, vcpu);
            entries.Add(new KvmCpuidEntry
            {
                Leaf = leaf,
                Subleaf = subleaf,
                Flags = has ? KvmCpuidEntry.HasSubleaf : 0,
                Eax = eax,
                Ebx = ebx,
                Ecx = ecx,
                Edx = edx,
            });
        }
    }
}
