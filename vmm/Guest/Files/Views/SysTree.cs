using System.Globalization;

namespace Dilaton.Guest;

/// <summary>The guest's <c>/sys</c>: CPUs, caches, one NUMA node, and the few files that programs
/// read to tune themselves.</summary>
internal static class SysTree
{
    public static ViewDirectory Create(
        ViewVolume volume,
        DirectoryInode parent,
        string name,
        MachineDescription machine,
        NetworkStack? network)
    {
        ViewDirectory sys = new(volume, parent, name);
        ViewDirectory cpus = sys.AddPath("devices/system/cpu");
        string all = CpuListText.ToList(CpuListText.Range(0, machine.VcpuCount));
        cpus.AddLine("online", all);
        cpus.AddLine("possible", all);
        cpus.AddLine("present", all);
        cpus.AddLine("offline", "");
        cpus.AddLine("isolated", "");
        cpus.AddLine("kernel_max", "1023");
        for (int i = 0; i < machine.VcpuCount; i++)
        {
            AddCpu(cpus.AddDirectory($"cpu{i}"), i, machine);
        }

        AddNumaNode(sys.AddPath("devices/system/node"), machine);
        ViewDirectory hugePages = sys.AddPath("kernel/mm/transparent_hugepage");
        hugePages.AddLine("enabled", "always madvise [never]");
        hugePages.AddLine("defrag", "always defer defer+madvise madvise [never]");
        hugePages.AddLine("hpage_pmd_size", "2097152");
        sys.AddPath("kernel/mm/hugepages");
        ViewDirectory groups = sys.AddPath("fs/cgroup");
        groups.AddLine("cgroup.controllers", "");
        groups.AddLine("cgroup.subtree_control", "");
        ViewDirectory interfaces = sys.AddPath("class/net");
        if (network is not null)
        {
            NetworkClassTree.Fill(interfaces, network);
        }

        sys.AddDirectory("block");
        return sys;
    }

    private static void AddCpu(ViewDirectory cpu, int index, MachineDescription machine)
    {
        ViewDirectory topology = cpu.AddDirectory("topology");
        int count = machine.VcpuCount;
        int[] own = [index];
        int[] all = CpuListText.Range(0, count);
        topology.AddLine("core_id", Text(index));
        topology.AddLine("physical_package_id", "0");
        topology.AddLine("die_id", "0");
        AddSet(topology, "thread_siblings", own, count);
        AddSet(topology, "core_cpus", own, count);
        AddSet(topology, "core_siblings", all, count);
        AddSet(topology, "package_cpus", all, count);
        AddSet(topology, "die_cpus", all, count);
        ViewDirectory caches = cpu.AddDirectory("cache");
        IReadOnlyList<CacheDescription> levels = machine.CachesOf(index);
        for (int i = 0; i < levels.Count; i++)
        {
            AddCache(caches.AddDirectory($"index{i}"), index, levels[i], count);
        }

        AddFrequency(cpu.AddDirectory("cpufreq"), index, machine);
        cpu.AddLink("node0", "../../node/node0");
        if (index > 0)
        {
            cpu.AddLine("online", "1");
        }
    }

    private static void AddCache(
        ViewDirectory folder, int cpu, CacheDescription cache, int cpuCount)
    {
        int first = cpu - (cpu % cache.SharedVcpuCount);
        int count = Math.Min(cache.SharedVcpuCount, cpuCount - first);
        ulong sets = cache.SizeBytes / ((ulong)cache.Ways * cache.LineBytes);
        folder.AddLine("level", Text(cache.Level));
        folder.AddLine("type", cache.Content.ToString());
        folder.AddLine("size", $"{Text(cache.SizeBytes >> 10)}K");
        folder.AddLine("ways_of_associativity", Text(cache.Ways));
        folder.AddLine("coherency_line_size", Text(cache.LineBytes));
        folder.AddLine("number_of_sets", Text(sets));
        folder.AddLine("physical_line_partition", "1");
        folder.AddLine("id", Text(cpu / cache.SharedVcpuCount));
        int[] sharing = CpuListText.Range(first, count);
        folder.AddLine("shared_cpu_map", CpuListText.ToMask(sharing, cpuCount));
        folder.AddLine("shared_cpu_list", CpuListText.ToList(sharing));
    }

    private static void AddFrequency(ViewDirectory folder, int cpu, MachineDescription machine)
    {
        string kilohertz = Text(machine.ClockOf(cpu).Hertz / 1_000);
        string[] names =
        [
            "cpuinfo_min_freq", "cpuinfo_max_freq", "cpuinfo_cur_freq",
            "scaling_min_freq", "scaling_max_freq", "scaling_cur_freq",
        ];
        foreach (string file in names)
        {
            folder.AddLine(file, kilohertz);
        }

        folder.AddLine("scaling_governor", "performance");
        folder.AddLine("scaling_available_governors", "performance");
        folder.AddLine("scaling_driver", "dilaton");
        folder.AddLine("affected_cpus", Text(cpu));
        folder.AddLine("related_cpus", Text(cpu));
    }

    private static void AddNumaNode(ViewDirectory nodes, MachineDescription machine)
    {
        foreach (string file in
            (string[])["online", "possible", "has_cpu", "has_memory", "has_normal_memory"])
        {
            nodes.AddLine(file, "0");
        }

        int[] all = CpuListText.Range(0, machine.VcpuCount);
        ViewDirectory node = nodes.AddDirectory("node0");
        node.AddLine("cpulist", CpuListText.ToList(all));
        node.AddLine("cpumap", CpuListText.ToMask(all, machine.VcpuCount));
        node.AddLine("distance", "10");
        string total = Text(machine.MemoryBytes >> 10).PadLeft(8);
        node.AddLine("meminfo", $"Node 0 MemTotal:       {total} kB");
        foreach (int cpu in all)
        {
            node.AddLink($"cpu{cpu}", $"../../cpu/cpu{cpu}");
        }
    }

    private static void AddSet(ViewDirectory folder, string name, int[] cpus, int cpuCount)
    {
        folder.AddLine(name, CpuListText.ToMask(cpus, cpuCount));
        folder.AddLine($"{name}_list", CpuListText.ToList(cpus));
    }

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);
}
