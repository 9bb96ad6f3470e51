using System.Globalization;
using System.Text;
using Dilaton.Core;

namespace Dilaton.Guest;

/// <summary>The texts of <c>/proc/PID</c> (proc(5)).</summary>
internal sealed class ProcessTexts(NodeFileSystem files, int processId)
{
    private static readonly (string Name, string Unit)[] s_limits =
    [
        ("Max cpu time", "seconds"), ("Max file size", "bytes"), ("Max data size", "bytes"),
        ("Max stack size", "bytes"), ("Max core file size", "bytes"),
        ("Max resident set", "bytes"), ("Max processes", "processes"),
        ("Max open files", "files"), ("Max locked memory", "bytes"),
        ("Max address space", "bytes"), ("Max file locks", "locks"),
        ("Max pending signals", "signals"), ("Max msgqueue size", "bytes"),
        ("Max nice priority", ""), ("Max realtime priority", ""), ("Max realtime timeout", "us"),
    ];

    public ProcessFiles? Files =>
        files.TryGetProcess(processId, out ProcessFiles? process) ? process : null;

    private IProcessView? View => files.View?.Find(processId);

    public PathLookup? FindExecutable() => View is { } view
        ? files.Resolver.Resolve(
            files.InitialDirectory, ByteText.FromText(view.ExecutablePath), followLast: true)
        : null;

    public string GetAuxiliaryVector() =>
        ByteText.FromBytes(View is { } view ? view.AuxiliaryVector.Span : []);

    public string GetCommandLine() =>
        ByteText.FromBytes(View is { } view ? view.CommandLine.Span : []);

    public string GetEnvironment() =>
        ByteText.FromBytes(View is { } view ? view.Environment.Span : []);

    public string GetMaps() => View is { } view ? ByteText.FromText(view.GetMaps()) : "";

    public string GetName(int threadId) =>
        ByteText.FromText(Find(threadId)?.Name ?? View?.Name ?? "");

    public string GetLimits()
    {
        StringBuilder text = new();
        text.Append("Limit                     Soft Limit           Hard Limit           Units");
        text.Append("     \n");
        for (int i = 0; i < s_limits.Length; i++)
        {
            (ulong soft, ulong hard) = View?.GetLimit(i) ?? (ulong.MaxValue, ulong.MaxValue);
            text.Append(Format(
                $"{s_limits[i].Name,-25} {Limit(soft),-20} {Limit(hard),-20} "));
            text.Append(Format($"{s_limits[i].Unit,-10}\n"));
        }

        return text.ToString();

        static string Limit(ulong value) =>
            value == ulong.MaxValue ? "unlimited" : value.ToString(CultureInfo.InvariantCulture);
    }

    public string GetMounts()
    {
        StringBuilder text = new();
        foreach ((string path, FileVolume volume) in files.Mounts.Mounts)
        {
            string access = volume.IsReadOnly ? "ro" : "rw";
            text.Append(Format(
                $"{volume.Source} {Escape(path)} {volume.Kind} {access},noatime 0 0\n"));
        }

        return text.ToString();
    }

    public string GetMountInfo()
    {
        StringBuilder text = new();
        IReadOnlyList<(string Path, FileVolume Volume)> mounts = files.Mounts.Mounts;
        for (int i = 0; i < mounts.Count; i++)
        {
            (string path, FileVolume volume) = mounts[i];
            string access = volume.IsReadOnly ? "ro" : "rw";
            uint major = DeviceNumbers.Major(volume.Device);
            uint minor = DeviceNumbers.Minor(volume.Device);
            text.Append(Format($"{i + 1} {(i == 0 ? 0 : 1)} {major}:{minor} / {Escape(path)} "));
            text.Append(Format($"{access},noatime - {volume.Kind} {volume.Source} {access}\n"));
        }

        return text.ToString();
    }

    public string GetMemoryStat()
    {
        ProcessMemoryFigures memory = View?.Memory ?? default;
        string total = Format($"{Pages(memory.VirtualBytes)} {Pages(memory.ResidentBytes)} 0");
        ulong data = Pages(memory.DataBytes + memory.StackBytes);
        return Format($"{total} {Pages(memory.CodeBytes)} 0 {data} 0\n");
    }

    /// <summary>The 52 fields of <c>/proc/PID/stat</c>; those about faults, blocked I/O and
    /// addresses are zero.</summary>
    public string GetStat(int threadId)
    {
        IProcessView? view = View;
        ThreadView? thread = Find(threadId);
        ProcessMemoryFigures memory = view?.Memory ?? default;
        VirtualDuration time = threadId == processId || thread is null
            ? view?.CpuTime ?? VirtualDuration.Zero
            : thread.CpuTime;
        ulong ticks = MachineTexts.ToTicks(time);
        ulong start = MachineTexts.ToTicks(
            new VirtualDuration(view?.StartTime.Picoseconds ?? 0));
        int threads = view?.Threads.Count ?? 1;
        StringBuilder text = new();
        char state = view is { HasEnded: true } ? 'Z' : thread?.State ?? 'R';
        int group = view?.GroupId ?? processId;
        int session = view?.SessionId ?? processId;
        text.Append(Format($"{threadId} ({GetName(threadId)}) {state} "));
        text.Append(Format($"{view?.ParentId ?? 0} {group} {session} "));
        text.Append(Format($"{view?.Terminal?.Device ?? 0} {view?.Terminal?.ForegroundGroup ?? -1} "));
        text.Append("4194304 ");
        text.Append(Format($"0 0 0 0 {ticks} 0 0 0 20 0 {threads} 0 {start} "));
        text.Append(Format($"{memory.VirtualBytes} {Pages(memory.ResidentBytes)} "));
        text.Append("18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 ");
        text.Append(Format($"{thread?.LastVcpu ?? 0} 0 0 0 0 0 0 0 0 0 0 0 0 0\n"));
        return text.ToString();
    }

    public string GetStatus(int threadId)
    {
        IProcessView? view = View;
        ThreadView? thread = Find(threadId);
        ProcessMemoryFigures memory = view?.Memory ?? default;
        FileClock clock = files.Clock;
        StringBuilder text = new();
        text.Append(Format($"Name:\t{GetName(threadId)}\n"));
        text.Append($"Umask:\t{Convert.ToString(Files?.Umask ?? 0, 8).PadLeft(4, '0')}\n");
        text.Append(
            view is { HasEnded: true } ? "State:\tZ (zombie)\n"
            : thread?.State == 'S' ? "State:\tS (sleeping)\n"
            : "State:\tR (running)\n");
        text.Append(Format($"Tgid:\t{processId}\nNgid:\t0\nPid:\t{threadId}\n"));
        text.Append(Format($"PPid:\t{view?.ParentId ?? 0}\nTracerPid:\t0\n"));
        text.Append(Format($"Uid:\t{Four(clock.UserId)}\nGid:\t{Four(clock.GroupId)}\n"));
        text.Append(Format($"FDSize:\t{Files?.Descriptors.End ?? 0}\nGroups:\t \n"));
        AppendMemory(text, memory);
        text.Append(Format($"Threads:\t{view?.Threads.Count ?? 1}\n"));
        text.Append("SigQ:\t0/32768\nSigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\n");
        text.Append("CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n");
        text.Append("CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n");
        text.Append("CapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t0\n");
        AppendPlacement(text, thread);
        return text.ToString();

        static string Four(uint id) => Format($"{id}\t{id}\t{id}\t{id}");
    }

    private static void AppendMemory(StringBuilder text, in ProcessMemoryFigures memory)
    {
        Add("VmPeak", memory.VirtualBytes);
        Add("VmSize", memory.VirtualBytes);
        Add("VmLck", 0);
        Add("VmPin", 0);
        Add("VmHWM", memory.ResidentBytes);
        Add("VmRSS", memory.ResidentBytes);
        Add("RssAnon", memory.ResidentBytes);
        Add("RssFile", 0);
        Add("RssShmem", 0);
        Add("VmData", memory.DataBytes);
        Add("VmStk", memory.StackBytes);
        Add("VmExe", memory.CodeBytes);
        Add("VmLib", 0);
        Add("VmPTE", 0);
        Add("VmSwap", 0);

        void Add(string name, ulong sizeBytes) =>
            text.Append(Format($"{name}:\t{sizeBytes >> 10,8} kB\n"));
    }

    private void AppendPlacement(StringBuilder text, ThreadView? thread)
    {
        int count = files.Options.Machine.VcpuCount;
        IReadOnlyList<int> allowed = thread?.AllowedVcpus ?? CpuListText.Range(0, count);
        text.Append(Format($"Cpus_allowed:\t{CpuListText.ToMask(allowed, count)}\n"));
        text.Append(Format($"Cpus_allowed_list:\t{CpuListText.ToList(allowed)}\n"));
        text.Append("Mems_allowed:\t1\nMems_allowed_list:\t0\n");
        text.Append("voluntary_ctxt_switches:\t0\nnonvoluntary_ctxt_switches:\t0\n");
    }

    private static ulong Pages(ulong sizeBytes) => sizeBytes >> GuestPage.Shift;

    /// <summary>Mount paths keep their blanks as octal escapes.</summary>
    private static string Escape(string path) =>
        path.Replace("\\", "\\134", StringComparison.Ordinal)
            .Replace(" ", "\\040", StringComparison.Ordinal)
            .Replace("\t", "\\011", StringComparison.Ordinal)
            .Replace("\n", "\\012", StringComparison.Ordinal);

    private static string Format(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);

    private ThreadView? Find(int threadId)
    {
        foreach (ThreadView thread in View?.Threads ?? [])
        {
            if (thread.Id == threadId)
            {
                return thread;
            }
        }

        return null;
    }
}
