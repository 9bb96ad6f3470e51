using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Dilaton.Guest;

/// <summary>The guest's <c>/proc</c>: the emulated machine and its processes.</summary>
internal sealed class ProcRoot : ViewDirectory
{
    private readonly Dictionary<int, ProcessDirectory> _processes = [];
    private readonly NodeFileSystem _files;

    public ProcRoot(
        ViewVolume volume, DirectoryInode parent, string name, NodeFileSystem files)
        : base(volume, parent, name)
    {
        _files = files;
        MachineTexts texts = new(files);
        AddText("cpuinfo", texts.GetCpuInfo);
        AddText("stat", texts.GetStat);
        AddText("meminfo", texts.GetMemoryInfo);
        AddText("uptime", texts.GetUptime);
        AddText("loadavg", texts.GetLoadAverage);
        AddText("version", texts.GetVersion);
        AddText("filesystems", texts.GetFileSystems);
        AddLine("cmdline", "console=ttyS0");
        AddLine("swaps", "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority");
        AddText("devices", texts.GetDevices);
        AddText("diskstats", () => "");
        AddText("modules", () => "");
        AddLink("mounts", "self/mounts");
        Add("self", new ViewSymlink(
            View, View.CreateRecord(), () => Text(files.CallingProcessId)));
        Add("thread-self", new ViewSymlink(
            View,
            View.CreateRecord(),
            () => $"{Text(files.CallingProcessId)}/task/{Text(files.CallingThreadId)}"));
        if (files.Network is { } network)
        {
            NetworkTexts.Fill(AddDirectory("net"), network.Stack);
        }

        SysctlTree.Fill(AddDirectory("sys"), files);
    }

    protected override int LookupHere(string child, [NotNullWhen(true)] out Inode? inode)
    {
        if (child[0] is < '1' or > '9')
        {
            return base.LookupHere(child, out inode);
        }

        inode = null;
        if (!int.TryParse(child, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !_files.TryGetProcess(id, out _))
        {
            return Errno.ENOENT;
        }

        inode = FindProcess(id);
        return 0;
    }

    protected override int ListHere(out List<DirectoryEntry> entries)
    {
        int error = base.ListHere(out entries);
        foreach (int id in _files.ProcessIds)
        {
            ProcessDirectory process = FindProcess(id);
            entries.Add(new DirectoryEntry(Text(id), process.Record.Number, process.Mode));
        }

        return error;
    }

    private ProcessDirectory FindProcess(int id)
    {
        if (!_processes.TryGetValue(id, out ProcessDirectory? process))
        {
            process = new ProcessDirectory(View, this, id, _files);
            _processes.Add(id, process);
        }

        return process;
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
