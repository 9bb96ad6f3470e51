using System.Globalization;

namespace Dilaton.Cli;

/// <summary>The folder that a run writes. Only files that Dilaton names are ever removed; a folder
/// with other content and without our mark is refused.</summary>
internal sealed class ResultFolder
{
    public const string MarkName = ".dilaton";
    public const string StateFolder = "procs";
    public const string PeersFolder = "peers";
    public const string PcapFolder = "pcap";
    public const string HostsFolder = "hosts";
    public const string OverlayName = "overlay.txt";
    public const string TimelineName = "timeline.csv";
    public const string HostTimelineName = "host-timeline.csv";

    /// <summary>Of a system guest: what its first serial port sent.</summary>
    public const string SerialName = "serial.txt";

    /// <summary>What its virtio console sent.</summary>
    public const string ConsoleName = "hvc0.txt";

    private static readonly string[] s_names =
    [
        "job.yaml", "job.resolved.json", "env.json", "result.json", "stats.txt", "stats.json",
        "stats.csv", "host.json", "host.csv", "result.json.new",
        OverlayName, TimelineName, HostTimelineName, "report.html", ControlLog.FileName,
        ControlServer.SocketName,
    ];

    private static readonly string[] s_nodeNames =
    [
        "state.txt", "stdout.txt", "stderr.txt", SerialName, ConsoleName,
        .. ProfileFiles.Names,
        .. Enumerable.Range(0, SystemReader.DisksMax).Select(OverlayNameOf),
    ];

    private ResultFolder(string path)
    {
        Root = path;
    }

    public string Root { get; }

    /// <returns>The folder, emptied of an earlier run, or null with the reason reported.</returns>
    public static ResultFolder? Create(string path, bool force, DiagnosticBag bag)
    {
        string full = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            bool ours = File.Exists(Path.Combine(full, MarkName));
            if (!ours && !force && Directory.EnumerateFileSystemEntries(full).Any())
            {
                bag.Error(
                    DiagnosticCode.OutputFolderForeign,
                    $"the result folder '{path}' holds files that Dilaton did not write",
                    "choose another with -o; `launch --force` uses it all the same");
                return null;
            }

            if (ControlClient.IsAlive(full))
            {
                bag.Error(
                    DiagnosticCode.JobRuns,
                    $"a job is running in '{path}'",
                    "choose another folder with -o, or end it: dilaton ctl "
                        + $"{LaunchPlan.Quoted([path])} stop");
                return null;
            }

            ResultFolder folder = new(full);
            folder.Clear();
            File.WriteAllText(Path.Combine(full, MarkName), "results of a run of dilaton\n");
            return folder;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException
            or ArgumentException)
        {
            bag.Error(
                DiagnosticCode.OutputFolderUnwritable,
                $"the result folder '{path}' can't be written: {e.Message}");
            return null;
        }
    }

    /// <summary>The folder as it would be; nothing is done.</summary>
    public static ResultFolder Planned(string path) => new(Path.GetFullPath(path));

    /// <summary>What a system guest wrote to one of its disks.</summary>
    public static string OverlayNameOf(int disk) => string.Create(CultureInfo.InvariantCulture, $"disk{disk}.overlay");

    /// <summary>Where a peer's own output goes.</summary>
    public string PeerFolder(string peer) => PathOf($"{PeersFolder}/{peer}");

    /// <summary>Where a node's own files are.</summary>
    public string NodePath(string node) => PathOf(Path.Combine(StateFolder, node));

    public string PathOf(string name) => Path.Combine(Root, name);

    public void Write(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Appears whole or not at all.</summary>
    /// <param name="isDurable">Whether a power cut takes neither it nor any other file of the folder
    /// away any more; if not, it takes less time.</param>
    public void WriteAtomically(string name, string text, bool isDurable)
    {
        if (isDurable)
        {
            DurableFile.SyncAll(Root);
            DurableFile.SyncName(Root);
            DurableFile.Write(PathOf(name), text);
            return;
        }

        string temporary = PathOf($"{name}.new");
        File.WriteAllText(temporary, text);
        File.Move(temporary, PathOf(name), overwrite: true);
    }

    /// <summary>Notes what an operator said to the running job.</summary>
    public void AppendControl(string job, ControlChange change)
    {
        string path = PathOf(ControlLog.FileName);
        string head = File.Exists(path) ? "" : ControlLog.Head(job);
        File.AppendAllText(path, head + ControlLog.LineOf(change));
    }

    private static void DeleteIfEmpty(string folder)
    {
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            Directory.Delete(folder);
        }
    }

    private void Clear()
    {
        foreach (string name in s_names)
        {
            File.Delete(PathOf(name));
        }

        string pcap = PathOf(PcapFolder);
        if (Directory.Exists(pcap) && new DirectoryInfo(pcap).LinkTarget is null)
        {
            foreach (string file in Directory.EnumerateFiles(pcap, "*.pcap"))
            {
                File.Delete(file);
            }
        }

        string state = PathOf(StateFolder);
        if (Directory.Exists(state) && new DirectoryInfo(state).LinkTarget is null)
        {
            foreach (string folder in Directory.EnumerateDirectories(state))
            {
                foreach (string name in s_nodeNames)
                {
                    File.Delete(Path.Combine(folder, name));
                }

                DeleteIfEmpty(folder);
            }
        }
    }
}
