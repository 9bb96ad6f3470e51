using System.Security.Cryptography;

namespace Dilaton.Cli;

/// <summary>Files that must hold the same on every host that uses them.</summary>
internal static class SharedFiles
{
    private const string Missing = "missing";

    /// <summary>What a host opens for its nodes and peers, as the job names it: programs, inputs,
    /// configurations, recordings.</summary>
    /// <param name="job">Resolved.</param>
    public static IEnumerable<string> Of(Job job, string host)
    {
        SortedSet<string> paths = new(StringComparer.Ordinal);
        foreach (NodeJob node in job.Nodes.Where(node => node.Host == host))
        {
            ProgramJob program = node.Guest.Program;
            if (new GrantMap(node.Guest.Files).ToHost(program.Path) is { } path)
            {
                paths.Add(path);
            }

            if (program.Stdin is not ("inherit" or "none"))
            {
                paths.Add(program.Stdin);
            }
        }

        foreach (PeerJob peer in job.Peers)
        {
            bool isReplay = peer.Kind == PeerKind.Replay;
            string where = isReplay ? SpreadChecks.PartnerOf(job, peer) : peer.Host!;
            if (where == host && peer.Config is { } config)
            {
                paths.Add(config);
            }
        }

        return paths;
    }

    /// <summary>A line each: SHA-256 of the contents, a space, the path.</summary>
    public static string Marks(IEnumerable<string> paths) =>
        string.Join('\n', paths.Select(path => $"{MarkOf(path)} {path}"));

    /// <returns>What is not as the lines say, a line each.</returns>
    public static string Differences(string marks)
    {
        List<string> lines = [];
        foreach (string line in marks.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            int space = line.IndexOf(' ', StringComparison.Ordinal);
            string path = line[(space + 1)..];
            string here = MarkOf(path);
            if (here != line[..space])
            {
                lines.Add(here == Missing ? $"has no {path}" : $"has another {path} than this host");
            }
        }

        return string.Join('\n', lines);
    }

    private static string MarkOf(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Missing;
        }
    }
}
