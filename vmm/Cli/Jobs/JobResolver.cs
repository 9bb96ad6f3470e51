namespace Dilaton.Cli;

/// <summary>Replaces what depends on where Dilaton was started by what it means: absolute paths,
/// the program that PATH finds, the standard grants. The result means the same anywhere.</summary>
internal sealed class JobResolver(JobMap root, DiagnosticBag bag)
{
    private const string HostPathsStandard = "/usr/local/bin:/usr/bin:/bin";

    public Job Resolve(Job job, string workingFolder)
    {
        NodeJob node = job.Nodes[0];
        GuestJob guest = node.Guest;
        string cwd = Path.GetFullPath(guest.Program.Cwd, workingFolder);
        List<GrantJob> grants = ResolveGrants(guest.Files, workingFolder, cwd);
        GrantMap map = new(grants);
        if (!map.HasFolder(cwd))
        {
            bag.Error(
                DiagnosticCode.PathNotFound,
                At("cwd"),
                $"nodes[0].guest.program.cwd: the guest has no folder '{cwd}'",
                map.ToHost(cwd) is null ? "no grant in guest.files shows it" : "");
        }

        ProgramJob program = guest.Program with
        {
            Path = ResolveProgram(guest.Program.Path, cwd, map),
            Arg0 = guest.Program.Arg0 ?? guest.Program.Path,
            Cwd = cwd,
            Stdin = ResolveStdin(guest.Program.Stdin, workingFolder),
        };
        return job with
        {
            Peers = [.. job.Peers.Select((peer, i) => ResolvePeer(peer, i, workingFolder))],
            Nodes =
            [
                node with
                {
                    Engine = EngineChoice.Translator,
                    Guest = guest with { Program = program, Files = grants },
                },
            ],
        };
    }

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
                        ? $"nodes[0].guest.program.path: '{name}' is a folder"
                        : $"nodes[0].guest.program.path: there is no '{name}'",
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
            $"nodes[0].guest.program.path: PATH finds no program '{name}'",
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

    private string ResolveStdin(string stdin, string workingFolder)
    {
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
                $"nodes[0].guest.program.stdin: there is no file '{path}'",
                "write inherit, none, or the path of a file of the host");
        }

        return path;
    }

    private List<GrantJob> ResolveGrants(
        IReadOnlyList<GrantJob> grants, string workingFolder, string cwd)
    {
        if (grants.Count == 0)
        {
            GrantJob everything = new() { Path = "/", At = "/" };
            return cwd == "/" || !Directory.Exists(cwd)
                ? [everything]
                : [everything, new GrantJob { Path = cwd, At = cwd, Access = GrantAccess.Write }];
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
                    $"nodes[0].guest.files[{i}].path: there is no folder '{path}'");
            }

            resolved.Add(grants[i] with { Path = path, At = at });
        }

        return resolved;
    }

    private JobMap Guest() =>
        root.Find("nodes")?.Value is JobList { Items: [JobMap node, ..] }
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
