namespace Dilaton.Cli;

/// <summary>Which file of the host a path of the guest stands for.</summary>
internal sealed class GrantMap(IReadOnlyList<GrantJob> grants)
{
    /// <returns>The host's path, or null if no grant shows it to the guest.</returns>
    public string? ToHost(string guestPath) => GrantOf(guestPath) is { } grant
        ? Path.Combine(grant.Path, guestPath[grant.At.Length..].TrimStart('/'))
        : null;

    /// <returns>The grant that decides of a path of the guest, or null: none shows it.</returns>
    public GrantJob? GrantOf(string guestPath)
    {
        GrantJob? best = null;
        foreach (GrantJob grant in grants)
        {
            if (Covers(grant.At, guestPath) && (best is null || grant.At.Length > best.At.Length))
            {
                best = grant;
            }
        }

        return best;
    }

    public bool HasFile(string guestPath) =>
        ToHost(guestPath) is { } path && (File.Exists(path) || IsLink(path));

    public bool HasFolder(string guestPath) =>
        ToHost(guestPath) is { } path && (Directory.Exists(path) || IsLink(path));

    public bool HasProgram(string guestPath)
    {
        const UnixFileMode Execute =
            UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        return OperatingSystem.IsLinux() && ToHost(guestPath) is { } path
            && (IsLink(path) || (File.Exists(path) && (File.GetUnixFileMode(path) & Execute) != 0));
    }

    /// <summary>A link's target is the guest's affair: it may mean another file there.</summary>
    private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

    private static bool Covers(string at, string path) =>
        at == "/" || path == at
        || (path.StartsWith(at, StringComparison.Ordinal) && path[at.Length] == '/');
}
