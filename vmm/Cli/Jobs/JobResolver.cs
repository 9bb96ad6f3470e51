using System.Globalization;
using Dilaton.Machine;

namespace Dilaton.Cli;

/// <summary>Replaces what depends on where Dilaton was started by what it means: absolute paths,
/// the program that PATH finds, the standard grants, and every node in place of a count. The
/// result means the same anywhere.</summary>
internal sealed class JobResolver(JobMap root, DiagnosticBag bag)
{
    private const string HostPathsStandard = "/usr/local/bin:/usr/bin:/bin";

    // The item of `nodes` at hand.
    private int _item;
    private bool _hasHosts;

    /// <param name="isPoint">One of many runs: it has no part in our standard streams, and writes
    /// nowhere but in its own folder unless told so.</param>
    /// <param name="paths">For each node of the result, the key path of what it is from.</param>
    public Job Resolve(
        Job job, string workingFolder, out IReadOnlyList<string> paths, bool isPoint = false)
    {
        bool isAlone = !isPoint && job.Nodes.Sum(node => node.Count) == 1;
        _hasHosts = job.Hosts.Count > 1;
        List<NodeJob> items = [];
        foreach (NodeJob node in job.Nodes)
        {
            _item = items.Count;
            NodeJob resolvedNode = ResolveNode(node, workingFolder, isAlone);
            items.Add(isPoint ? WithOwnStreams(resolvedNode) : resolvedNode);
        }

        List<(NodeJob Node, int Item)> nodes = NodeExpansion.Expand(items);
        paths = [.. nodes.Select(node => PathOf(node.Item))];
        Job resolved = HostSpread.Apply(job with
        {
            Peers = [.. job.Peers.Select((peer, i) => ResolvePeer(peer, i, workingFolder))],
            Nodes = new IsolationChoice(root, bag).Resolve(
                [.. nodes.Select(node => node.Node)], paths),
        });
        SpreadChecks.Run(root, resolved, paths, bag);
        NetworkChecks.Run(root, resolved, paths, bag);
        return resolved;
    }

    private NodeJob ResolveNode(NodeJob node, string workingFolder, bool isAlone)
    {
        GuestJob guest = node.Guest;
        if (guest.System is { } system)
        {
            return node with { Guest = guest with { System = ResolveSystem(system, workingFolder, isAlone) } };
        }

        string cwd = Path.GetFullPath(guest.Program.Cwd, workingFolder);
        List<GrantJob> grants = ResolveGrants(guest.Files, workingFolder, cwd, isAlone);
        GrantMap map = new(grants);
        if (!map.HasFolder(cwd))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                At("cwd"),
                $"{PathOf(_item)}.guest.program.cwd: the guest has no folder '{cwd}'",
                map.ToHost(cwd) is null ? "no grant in guest.files shows it" : "");
        }

        OutputChoice standard = isAlone ? OutputChoice.Inherit : OutputChoice.File;
        ProgramJob program = guest.Program with
        {
            Path = ResolveProgram(guest.Program.Path, cwd, map),
            Arg0 = guest.Program.Arg0 ?? guest.Program.Path,
            Cwd = cwd,
            Stdin = ResolveStdin(guest.Program.Stdin, workingFolder, isAlone && !_hasHosts),
            Stdout = guest.Program.Stdout == OutputChoice.Auto ? standard : guest.Program.Stdout,
            Stderr = guest.Program.Stderr == OutputChoice.Auto ? standard : guest.Program.Stderr,
        };
        return node with
        {
            Engine = node.Engine == EngineChoice.Auto ? EngineChoice.Translator : node.Engine,
            Profile = node.Profile with { Symbols = ResolveSymbols(node.Profile.Symbols, workingFolder) },
            Guest = guest with { Program = program, Files = grants },
        };
    }

    private SystemJob ResolveSystem(SystemJob system, string workingFolder, bool isAlone) => system with
    {
        Kernel = ResolveImage("kernel", system.Kernel, workingFolder),
        Initrd = system.Initrd is { } initrd ? ResolveImage("initrd", initrd, workingFolder) : null,
        Console = system.Console != OutputChoice.Auto ? system.Console
            : isAlone ? OutputChoice.Inherit
            : OutputChoice.File,
        Disks = system.Disks.Count == 0
            ? []
            : [.. system.Disks.Select((disk, i) => disk with { Image = ResolveDisk(i, disk.Image, workingFolder) })],
    };

    private string ResolveDisk(int index, string name, string workingFolder)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"disks[{index}].image");
        string path = ResolveImage(key, name, workingFolder);
        if (File.Exists(path) && new FileInfo(path).Length == 0)
        {
            bag.Error(
                DiagnosticCode.SystemDisk,
                Guest(),
                $"{PathOf(_item)}.guest.system.{key}: '{path}' is empty, or no regular file",
                "give a raw image; `truncate -s 1G FILE` makes one of zeros");
        }
        else if (FormatOf(path) is { } format)
        {
            bag.Error(
                DiagnosticCode.SystemDisk,
                Guest(),
                $"{PathOf(_item)}.guest.system.{key}: '{path}' is {format}, and images are raw",
                "unpack it, or convert it: `qemu-img convert -O raw FILE disk.img`");
        }

        return path;
    }

    /// <returns>Null: raw, or it can't be read, which is told when it is opened.</returns>
    private static string? FormatOf(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] head = new byte[DiskFormat.HeadBytes];
            return DiskFormat.NameOf(head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string ResolveImage(string key, string name, string workingFolder)
    {
        string path = Path.GetFullPath(name, workingFolder);
        if (!File.Exists(path))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                Guest().Find("system")?.Value is JobMap system ? system.Find(key)?.Value ?? system : root,
                $"{PathOf(_item)}.guest.system.{key}: there is no file '{path}'");
        }

        return path;
    }

    private static NodeJob WithOwnStreams(NodeJob node)
    {
        ProgramJob program = node.Guest.Program;
        return node with
        {
            Guest = node.Guest with
            {
                Program = program with
                {
                    Stdin = program.Stdin == "inherit" ? "none" : program.Stdin,
                    Stdout = Own(program.Stdout),
                    Stderr = Own(program.Stderr),
                },
                System = node.Guest.System is { } system ? system with { Console = Own(system.Console) } : null,
            },
        };

        static OutputChoice Own(OutputChoice choice) =>
            choice == OutputChoice.Inherit ? OutputChoice.File : choice;
    }

    private static string PathOf(int item) =>
        string.Create(CultureInfo.InvariantCulture, $"nodes[{item}]");

    private string ResolveProgram(string name, string cwd, GrantMap map)
    {
        if (name.Contains('/', StringComparison.Ordinal))
        {
            string path = Path.GetFullPath(name, cwd);
            if (!map.HasFile(path))
            {
                bag.Error(
                    DiagnosticCode.ProgramNotFound,
                    At("path"),
                    map.HasFolder(path)
                        ? $"{PathOf(_item)}.guest.program.path: '{name}' is a folder"
                        : $"{PathOf(_item)}.guest.program.path: there is no '{name}'",
                    map.ToHost(path) is null ? "no grant in guest.files shows it" : "");
            }

            return path;
        }

        string folders = Environment.GetEnvironmentVariable("PATH") ?? HostPathsStandard;
        foreach (string folder in folders.Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.GetFullPath(Path.Combine(folder, name), cwd);
            if (map.HasProgram(path))
            {
                return path;
            }
        }

        bag.Error(
            DiagnosticCode.ProgramNotFound,
            At("path"),
            $"{PathOf(_item)}.guest.program.path: PATH finds no program '{name}'",
            map.HasFile(Path.GetFullPath(name, cwd)) ? $"did you mean './{name}'?"
                : "give its path");
        return name;
    }

    private PeerJob ResolvePeer(PeerJob peer, int index, string workingFolder)
    {
        if (peer.Record is not null)
        {
            peer = peer with { Record = Path.GetFullPath(peer.Record, workingFolder) };
        }

        if (peer.Config is null)
        {
            return peer;
        }

        string path = Path.GetFullPath(peer.Config, workingFolder);
        if (!File.Exists(path))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                root.Find("peers")?.Value ?? root,
                $"peers[{index}].config: there is no file '{path}'");
        }

        return peer with { Config = path };
    }

    private string? ResolveSymbols(string? symbols, string workingFolder)
    {
        if (symbols is null)
        {
            return null;
        }

        string path = Path.GetFullPath(symbols, workingFolder);
        if (!File.Exists(path))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                root.Find("nodes")?.Value is JobList nodes && _item < nodes.Items.Count
                    && nodes.Items[_item] is JobMap node
                    ? node.Find("profile")?.Value ?? node
                    : root,
                $"{PathOf(_item)}.profile.symbols: there is no file '{path}'");
        }

        return path;
    }

    private string ResolveStdin(string stdin, string workingFolder, bool isAlone)
    {
        if (stdin == "auto")
        {
            return isAlone ? "inherit" : "none";
        }

        if (stdin is "inherit" or "none")
        {
            return stdin;
        }

        string path = Path.GetFullPath(stdin, workingFolder);
        if (!File.Exists(path))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                At("stdin"),
                $"{PathOf(_item)}.guest.program.stdin: there is no file '{path}'",
                "write auto, inherit, none, or the path of a file of the host");
        }

        return path;
    }

    private List<GrantJob> ResolveGrants(
        IReadOnlyList<GrantJob> grants, string workingFolder, string cwd, bool isAlone)
    {
        if (grants.Count == 0)
        {
            GrantJob everything = new() { Path = "/", At = "/" };

            // What several nodes write into one folder would depend on the host.
            GrantAccess access = isAlone ? GrantAccess.Write : GrantAccess.Read;
            return cwd == "/" || !Directory.Exists(cwd)
                ? [everything]
                : [everything, new GrantJob { Path = cwd, At = cwd, Access = access }];
        }

        List<GrantJob> resolved = [];
        for (int i = 0; i < grants.Count; i++)
        {
            string path = Path.GetFullPath(grants[i].Path, workingFolder);
            string at = grants[i].At.Length == 0 ? path : Path.GetFullPath(grants[i].At, "/");
            if (!Directory.Exists(path))
            {
                bag.Error(
                    DiagnosticCode.PathNotFound,
                    Item(i),
                    $"{PathOf(_item)}.guest.files[{i}].path: there is no folder '{path}'");
            }

            resolved.Add(grants[i] with { Path = path, At = at });
        }

        return resolved;
    }

    private JobMap Guest() =>
        root.Find("nodes")?.Value is JobList nodes && _item < nodes.Items.Count
        && nodes.Items[_item] is JobMap node
        && node.Find("guest")?.Value is JobMap guest ? guest : root;

    private JobNode At(string key) =>
        Guest().Find("program")?.Value is JobMap program
            ? program.Find(key)?.Value ?? program
            : root;

    private JobNode Item(int index) =>
        Guest().Find("files")?.Value is JobList files && files.Items[index] is JobMap grant
            ? grant.Find("path")?.Value ?? grant
            : root;
}
