using System.Globalization;

namespace Dilaton.Guest;

/// <summary><c>/proc/PID</c>.</summary>
internal sealed class ProcessDirectory : ViewDirectory
{
    public ProcessDirectory(
        ViewVolume volume, DirectoryInode parent, int processId, NodeFileSystem files)
        : base(
            volume,
            parent,
            processId.ToString(CultureInfo.InvariantCulture),
            volume.CreateRecord(processId, 0))
    {
        ProcessTexts texts = new(files, processId);
        AddText("auxv", texts.GetAuxiliaryVector, 0x100);
        AddText("cgroup", () => "0::/\n");
        AddText("cmdline", texts.GetCommandLine);
        AddText("comm", () => texts.GetName(processId) + "\n", 0x1a4);
        AddText("environ", texts.GetEnvironment, 0x100);
        AddText("limits", texts.GetLimits);
        AddText("maps", texts.GetMaps);
        AddText("mountinfo", texts.GetMountInfo);
        AddText("mounts", texts.GetMounts);
        AddText("stat", () => texts.GetStat(processId));
        AddText("statm", texts.GetMemoryStat);
        AddText("status", () => texts.GetStatus(processId));
        AddText("wchan", () => "0");
        AddLine("oom_score", "0");
        AddLine("oom_score_adj", "0");
        AddLine("oom_adj", "0");
        AddLine("loginuid", "4294967295");
        AddLine("sessionid", "4294967295");
        AddLine("personality", "00000000");
        AddLine("uid_map", "         0          0 4294967295");
        AddLine("gid_map", "         0          0 4294967295");
        Add("cwd", new ViewSymlink(
            View,
            View.CreateRecord(),
            () => texts.Files?.WorkingDirectory.GetPath() ?? "",
            () => texts.Files?.WorkingDirectory));
        Add("root", new ViewSymlink(
            View, View.CreateRecord(), () => "/", () => files.Mounts.Root));
        Add("exe", new ViewSymlink(
            View,
            View.CreateRecord(),
            () => texts.FindExecutable() is { Target: not null } found ? found.GetPath() : "",
            () => texts.FindExecutable()?.Target));
        if (files.Network is not null)
        {
            AddLink("net", "../net");
        }

        Add("fd", new DescriptorDirectory(View, this, "fd", processId, files));
        Add("fdinfo", new DescriptorDirectory(View, this, "fdinfo", processId, files));
        Add("task", new TaskDirectory(View, this, processId, files, texts));
    }
}
