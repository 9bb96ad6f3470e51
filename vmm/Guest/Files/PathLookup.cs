namespace Dilaton.Guest;

/// <summary>Where a path leads.</summary>
internal readonly record struct PathLookup
{
    /// <summary>Positive errno if the way to the last component failed; 0 even if the last
    /// component itself does not exist.</summary>
    public int Error { get; init; }

    /// <summary>Positive errno if the last component cannot be looked up, such as ENAMETOOLONG;
    /// only where its place was asked for, so that the caller can check other things first.
    /// </summary>
    public int NameError { get; init; }

    /// <summary>The folder of the last component.</summary>
    public DirectoryInode? Parent { get; init; }

    /// <summary>The last component; <c>.</c>, <c>..</c> and <c>/</c> for themselves.</summary>
    public string Name { get; init; }

    /// <summary>Null if the name does not exist in <see cref="Parent"/>.</summary>
    public Inode? Target { get; init; }

    /// <summary>The path demands a folder: it ends in a slash.</summary>
    public bool HasTrailingSlash { get; init; }

    /// <summary>The last component is a real name, which can be made or removed.</summary>
    public bool IsPlainName => Name is not ("." or ".." or "/");

    /// <summary>The error of a caller that needs the target to exist.</summary>
    public int ErrorOrMissing => Error != 0 ? Error : Target is null ? Errno.ENOENT : 0;

    public int ErrorOrNameError => Error != 0 ? Error : NameError;

    public string GetPath() =>
        Target is DirectoryInode folder ? folder.GetPath() : Parent!.GetPath(Name);

    public static PathLookup Failed(int error) => new() { Error = error, Name = "" };
}
