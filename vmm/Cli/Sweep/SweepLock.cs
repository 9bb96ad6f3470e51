using System.Globalization;

namespace Dilaton.Cli;

/// <summary>Who works on a sweep's folder, as "host pid" in the file `lock`, for people and for hosts
/// that the kernel's locks do not reach. The kernel's lock is on a file beside it, and ends with its
/// holder, however that ends.</summary>
internal sealed class SweepLock : IDisposable
{
    private readonly FileStream _held;
    private readonly string _path;

    private SweepLock(FileStream held, string path)
    {
        _held = held;
        _path = path;
    }

    /// <returns>Null if somebody else works on the folder, which was reported.</returns>
    /// <exception cref="IOException">The folder can't be written.</exception>
    public static SweepLock? Take(SweepFolder folder, DiagnosticBag bag)
    {
        string path = folder.PathOf(SweepFolder.LockName);
        FileStream? held = Hold(folder.PathOf(SweepFolder.HeldName));
        string owner = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        bool isElsewhere = owner.Split(' ') is [string host, _] && host != Environment.MachineName;
        if (held is null || isElsewhere)
        {
            held?.Dispose();
            bag.Error(
                DiagnosticCode.SweepLocked,
                $"'{folder.Root}' is being worked on by another sweep: {Words(owner)}",
                isElsewhere
                    ? $"if it is gone, remove {path}"
                    : "wait for its end, or choose another folder with -o");
            return null;
        }

        if (owner.Length > 0)
        {
            bag.Warning(
                DiagnosticCode.SweepLocked,
                $"the lock of '{folder.Root}' is taken over from {Words(owner)}, which is gone");
        }

        folder.Write(SweepFolder.LockName, string.Create(
            CultureInfo.InvariantCulture, $"{Environment.MachineName} {Environment.ProcessId}\n"));
        return new SweepLock(held, path);
    }

    /// <summary>A process of this host works on the folder.</summary>
    /// <param name="process">Which.</param>
    public static bool IsHeld(SweepFolder folder, out int process)
    {
        process = 0;
        string path = folder.PathOf(SweepFolder.LockName);
        string owner = File.Exists(path) ? File.ReadAllText(path).Trim() : "";
        if (owner.Split(' ') is not [string host, string id] || host != Environment.MachineName
            || !int.TryParse(id, CultureInfo.InvariantCulture, out process))
        {
            return false;
        }

        using FileStream? free = Hold(folder.PathOf(SweepFolder.HeldName));
        return free is null;
    }

    public void Dispose()
    {
        File.Delete(_path);
        _held.Dispose();
    }

    private static FileStream? Hold(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static string Words(string owner) =>
        owner.Split(' ') is [string host, string process]
            ? $"process {process} on {host}"
            : "a process without a name";
}
