using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The texts of <c>/proc</c> about the machine (proc(5)).</summary>
internal sealed class MachineTexts(NodeFileSystem files)
{
    private const ulong PicosecondsPerHundredth = 10_000_000_000;

    private readonly MachineDescription _machine = files.Options.Machine;

    /// <summary>Virtual time in the clock ticks of proc(5), 100 a second.</summary>
    public static ulong ToTicks(VirtualDuration duration) =>
        duration.Picoseconds / PicosecondsPerHundredth;

    public string GetCpuInfo()
    {
        StringBuilder text = new();
        uint line = _machine.Caches.Count == 0 ? 64 : _machine.Caches[0].LineBytes;
        string flags = CpuIdentity.GetFlags(_machine.VcpuCount);
        for (int i = 0; i < _machine.VcpuCount; i++)
        {
            ulong hertz = _machine.ClockOf(i).Hertz;
            string megahertz = Invariant($"{hertz / 1_000_000}.{hertz / 1_000 % 1_000:D3}");
            IReadOnlyList<CacheDescription> caches = _machine.CachesOf(i);
            ulong cacheBytes = caches.Count == 0 ? 0 : caches[^1].SizeBytes;
            ulong bogus = hertz * 2 / 10_000;
            text.Append(Invariant($"processor\t: {i}\n"));
            text.Append(Invariant($"vendor_id\t: {CpuIdentity.Vendor}\n"));
            text.Append(Invariant($"cpu family\t: {CpuIdentity.Family}\n"));
            text.Append(Invariant($"model\t\t: {CpuIdentity.Model}\n"));
            text.Append(Invariant($"model name\t: {CpuIdentity.ModelName}\n"));
            text.Append(Invariant($"stepping\t: {CpuIdentity.Stepping}\n"));
            text.Append("microcode\t: 0x1\n");
            text.Append(Invariant($"cpu MHz\t\t: {megahertz}\n"));
            text.Append(Invariant($"cache size\t: {cacheBytes >> 10} KB\n"));
            text.Append(Invariant($"physical id\t: 0\nsiblings\t: {_machine.VcpuCount}\n"));
            text.Append(Invariant($"core id\t\t: {i}\ncpu cores\t: {_machine.VcpuCount}\n"));
            text.Append(Invariant($"apicid\t\t: {i}\ninitial apicid\t: {i}\n"));
            text.Append("fpu\t\t: yes\nfpu_exception\t: yes\n");
            text.Append(Invariant($"cpuid level\t: {CpuIdentity.HighestLeaf}\nwp\t\t: yes\n"));
            text.Append(Invariant($"flags\t\t: {flags}\nbugs\t\t:\n"));
            text.Append(Invariant($"bogomips\t: {bogus / 100}.{bogus % 100:D2}\n"));
            text.Append(Invariant($"clflush size\t: {line}\ncache_alignment\t: {line}\n"));
            text.Append(Invariant($"address sizes\t: {CpuIdentity.AddressSizes}\n"));
            text.Append("power management:\n\n");
        }

        return text.ToString();
    }

    public string GetStat()
    {
        StringBuilder text = new();
        ulong uptime = ToTicks(new VirtualDuration(files.Clock.VirtualNow.Picoseconds));
        StringBuilder each = new();
        ulong allBusy = 0;
        for (int i = 0; i < _machine.VcpuCount; i++)
        {
            ulong busy = ToTicks(files.View?.GetBusyTime(i) ?? VirtualDuration.Zero);
            busy = Math.Min(busy, uptime);
            allBusy += busy;
            each.Append(Invariant($"cpu{i} {busy} 0 0 {uptime - busy} 0 0 0 0 0 0\n"));
        }

        ulong allIdle = (uptime * (ulong)_machine.VcpuCount) - allBusy;
        text.Append(Invariant($"cpu  {allBusy} 0 0 {allIdle} 0 0 0 0 0 0\n"));
        text.Append(each);
        int last = files.View?.LastId ?? files.CallingProcessId;
        text.Append("intr 0\nctxt 0\n");
        text.Append(Invariant($"btime {files.Clock.Epoch.Seconds}\nprocesses {last}\n"));
        text.Append(Invariant($"procs_running {CountRunning()}\nprocs_blocked 0\n"));
        text.Append("softirq 0 0 0 0 0 0 0 0 0 0 0\n");
        return text.ToString();
    }

    public string GetMemoryInfo()
    {
        ulong total = _machine.MemoryBytes >> 10;
        ulong used = Math.Min(total, (files.View?.UsedMemoryBytes ?? 0) >> 10);
        StringBuilder text = new();
        Add("MemTotal", total);
        Add("MemFree", total - used);
        Add("MemAvailable", total - used);
        Add("Buffers", 0);
        Add("Cached", 0);
        Add("SwapCached", 0);
        Add("Active", used);
        Add("Inactive", 0);
        Add("SwapTotal", 0);
        Add("SwapFree", 0);
        Add("Dirty", 0);
        Add("Writeback", 0);
        Add("AnonPages", used);
        Add("Mapped", 0);
        Add("Shmem", 0);
        Add("Slab", 0);
        Add("SReclaimable", 0);
        Add("SUnreclaim", 0);
        Add("PageTables", 0);
        Add("CommitLimit", total);
        Add("Committed_AS", used);
        Add("VmallocTotal", 34_359_738_367);
        Add("VmallocUsed", 0);
        text.Append("HugePages_Total:       0\nHugePages_Free:        0\n");
        text.Append("HugePages_Rsvd:        0\nHugePages_Surp:        0\n");
        Add("Hugepagesize", 2048);
        return text.ToString();

        void Add(string name, ulong kibibytes) =>
            text.Append(Invariant($"{name + ":",-16}{kibibytes,8} kB\n"));
    }

    public string GetUptime()
    {
        ulong now = files.Clock.VirtualNow.Picoseconds / PicosecondsPerHundredth;
        ulong idle = now * (ulong)_machine.VcpuCount;
        for (int i = 0; i < _machine.VcpuCount; i++)
        {
            ulong busy = ToTicks(files.View?.GetBusyTime(i) ?? VirtualDuration.Zero);
            idle -= Math.Min(busy, now);
        }

        return Invariant($"{now / 100}.{now % 100:D2} {idle / 100}.{idle % 100:D2}\n");
    }

    /// <summary>Nothing averages load over host minutes here: the averages stay zero.</summary>
    public string GetLoadAverage()
    {
        int threads = 0;
        foreach (int id in files.ProcessIds)
        {
            threads += files.View?.Find(id)?.Threads.Count ?? 1;
        }

        int last = files.View?.LastId ?? files.CallingProcessId;
        return Invariant($"0.00 0.00 0.00 {CountRunning()}/{threads} {last}\n");
    }

    public string GetVersion() =>
        $"{GuestIdentity.SystemName} version {GuestIdentity.Release} "
        + $"(dilaton@{files.Network?.NodeName ?? GuestIdentity.NodeName}) {GuestIdentity.Version}\n";

    public string GetFileSystems() =>
        "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tdevtmpfs\nnodev\tpipefs\n\text4\n";

    public string GetDevices() =>
        "Character devices:\n  1 mem\n  5 /dev/tty\n136 pts\n\nBlock devices:\n  8 sd\n";

    private static string Invariant(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);

    private int CountRunning()
    {
        int running = 0;
        foreach (int id in files.ProcessIds)
        {
            foreach (ThreadView thread in files.View?.Find(id)?.Threads ?? [])
            {
                running += thread.State == 'R' ? 1 : 0;
            }
        }

        return Math.Max(1, running);
    }
}
