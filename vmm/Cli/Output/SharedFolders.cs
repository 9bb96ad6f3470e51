namespace Dilaton.Cli;

/// <summary>Folders of the host that several nodes may write: in which order they do is no matter
/// of virtual time.</summary>
internal static class SharedFolders
{
    public static IEnumerable<string> Warnings(Job job)
    {
        SortedDictionary<string, List<string>> writers = new(StringComparer.Ordinal);
        foreach (NodeJob node in job.Nodes)
        {
            foreach (string path in node.Guest.Files
                .Where(grant => grant.Access == GrantAccess.Write)
                .Select(grant => grant.Path.TrimEnd('/') + "/").Distinct())
            {
                if (!writers.TryGetValue(path, out List<string>? names))
                {
                    writers[path] = names = [];
                }

                names.Add(node.Name);
            }
        }

        foreach ((string path, List<string> names) in writers)
        {
            string[] all =
            [
                .. writers.Where(other => path.StartsWith(other.Key, StringComparison.Ordinal))
                    .SelectMany(other => other.Value).Distinct(),
            ];
            if (all.Length > 1)
            {
                yield return $"{NodeNotes.Names(all)} may all write {path}: what they write there, "
                    + "and see of each other, depends on the host's speed";
            }
        }
    }
}
