using Dilaton.Native;

namespace Dilaton.Cli;

/// <summary>Files that are there whole or not at all, after a power cut too:
/// <code>
/// write NAME.new ──> sync it ──> rename to NAME ──> sync the folder
/// </code></summary>
internal static class DurableFile
{
    private const string Suffix = ".new";

    // Some network and overlay file systems can't sync a folder.
    private const int EINVAL = 22;

    /// <exception cref="IOException">The file can't be written, or does not reach the disk.</exception>
    public static void Write(string path, string text) => Write(path, text, Sync);

    /// <summary>Gives a file that was written as <see cref="Temporary"/> its name.</summary>
    /// <exception cref="IOException">As of <see cref="Write(string, string)"/>.</exception>
    public static void Publish(string path) => Publish(path, Sync);

    /// <summary>The name under which a file is written.</summary>
    public static string Temporary(string path) => path + Suffix;

    /// <summary>Brings what lies in a folder to the disk, however deep, but what links stand for.</summary>
    /// <exception cref="IOException">It does not get there.</exception>
    public static void SyncAll(string folder) => SyncAll(folder, Sync);

    /// <summary>Brings the name of a file or folder to the disk.</summary>
    /// <exception cref="IOException">It does not get there.</exception>
    public static void SyncName(string path) => Sync(FolderOf(path));

    /// <param name="sync">Brings a file or a folder's names to the disk.</param>
    internal static void Write(string path, string text, Action<string> sync)
    {
        File.WriteAllText(Temporary(path), text);
        Publish(path, sync);
    }

    internal static void Publish(string path, Action<string> sync)
    {
        sync(Temporary(path));
        File.Move(Temporary(path), path, overwrite: true);
        sync(FolderOf(path));
    }

    internal static void SyncAll(string folder, Action<string> sync)
    {
        foreach (FileSystemInfo each in new DirectoryInfo(folder)
            .EnumerateFileSystemInfos().OrderBy(info => info.Name, StringComparer.Ordinal))
        {
            if (each.LinkTarget is not null)
            {
                continue;
            }

            if (each is DirectoryInfo below)
            {
                SyncAll(below.FullName, sync);
            }
            else if (each is FileInfo { Length: > 0 })
            {
                sync(each.FullName);
            }
        }

        sync(folder);
    }

    private static string FolderOf(string path)
    {
        string full = Path.GetFullPath(path);
        return Path.GetDirectoryName(full) ?? full;
    }

    private static void Sync(string path)
    {
        int result = HostFiles.Sync(path);
        if (result < 0 && !(result == -EINVAL && Directory.Exists(path)))
        {
            throw new IOException($"{path} does not reach the disk: {HostErrno.Describe(-result)}");
        }
    }
}
