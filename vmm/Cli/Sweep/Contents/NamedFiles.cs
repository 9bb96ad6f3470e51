namespace Dilaton.Cli;

/// <summary>Which files of the host a resolved job names: those whose contents are part of what a
/// point is.
/// <list type="bullet">
/// <item>of each guest the program; and what an argument or a variable of its environment, or the part
/// behind its first '=', is the path of, as the guest sees it, unless the guest may write there;</item>
/// <item>its standard input;</item>
/// <item>of each system its kernel, its initial RAM disk and the images of its disks;</item>
/// <item>of each peer its configuration, its program where that has a '/', and what its arguments and
/// its graph's parameters are paths of.</item>
/// </list>
/// What a guest or a peer opens beyond that, such as libraries or the rest of a granted folder, is
/// not known before it runs.</summary>
internal static class NamedFiles
{
    // The guest has its own there, and a peer's have no contents that last.
    private static readonly string[] s_notFiles = ["/proc/", "/sys/", "/dev/"];

    /// <param name="workingFolder">Of Dilaton, and so of peers.</param>
    /// <returns>Paths that may be of files, in the order of the job; some twice.</returns>
    public static IEnumerable<string> Of(Job job, string workingFolder) =>
        job.Nodes.SelectMany(node => OfGuest(node.Guest))
            .Concat(job.Peers.SelectMany(peer => OfPeer(peer, workingFolder)));

    private static IEnumerable<string> OfGuest(GuestJob guest)
    {
        if (guest.System is { } system)
        {
            yield return system.Kernel;
            if (system.Initrd is { } initrd)
            {
                yield return initrd;
            }

            foreach (DiskJob disk in system.Disks)
            {
                yield return disk.Image;
            }

            yield break;
        }

        ProgramJob program = guest.Program;
        GrantMap map = new(guest.Files);
        if (map.ToHost(program.Path) is { } path)
        {
            yield return path;
        }

        if (program.Stdin.StartsWith('/'))
        {
            yield return program.Stdin;
        }

        foreach (string seen in Paths(program.Args.Concat(program.Env.Values), program.Cwd))
        {
            // What the guest writes is a result, not what the point is.
            if (map.GrantOf(seen) is { Access: GrantAccess.Read } && map.ToHost(seen) is { } host)
            {
                yield return host;
            }
        }
    }

    private static IEnumerable<string> OfPeer(PeerJob peer, string workingFolder)
    {
        IEnumerable<string> programs = peer.Program is { } program && program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : [];
        IEnumerable<string> config = peer.Config is { } path ? [path] : [];
        return Paths(
            programs.Concat(config).Concat(peer.Args)
                .Concat(peer.Graph?.Components.SelectMany(Parameters) ?? []),
            workingFolder);
    }

    private static IEnumerable<string> Parameters(GraphComponentJob component) =>
        component.Params.Values.Concat(component.Slots.SelectMany(slot => slot.Params.Values));

    private static IEnumerable<string> Paths(IEnumerable<string> words, string folder)
    {
        foreach (string word in words)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string[] candidates = equals < 0 ? [word] : [word, word[(equals + 1)..]];
            foreach (string candidate in candidates)
            {
                if (candidate.Length == 0 || candidate.Contains('\0', StringComparison.Ordinal))
                {
                    continue;
                }

                string path = Path.GetFullPath(candidate, folder);
                if (!Array.Exists(s_notFiles, head => path.StartsWith(head, StringComparison.Ordinal)))
                {
                    yield return path;
                }
            }
        }
    }
}
