using System.Globalization;
using System.Text;

namespace Dilaton.Cli;

/// <summary>The file `lock` of a sweep's folder: who works on it, as "host pid". The kernel gives the
/// lock up when its holder dies; the text tells people who that was, and holds where the file
/// system's locks do not reach another host.</summary>
internal sealed class SweepLock : IDisposable
{
    private readonly FileStream _file;

    private SweepLock(FileStream file)
    {
        _file = file;
    }

    /// <returns>Null if somebody else works on the folder, which was reported.</returns>
    public static SweepLock? Take(SweepFolder folder, DiagnosticBag bag)
    {
        string path = folder.PathOf(SweepFolder.LockName);
        string host = Environment.MachineName;
        string owner = ReadOwner(path);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            bag.Error(
                DiagnosticCode.SweepLocked,
                $"'{folder.Root}' is being worked on by another sweep: {Words(owner)}",
                "wait for its end, or choose another folder with -o");
            return null;
        }

        // Read again: it may have changed hands before we had it.
        using (StreamReader reader = new(file, leaveOpen: true))
        {
            owner = reader.ReadToEnd().Trim();
        }

        string[] parts = owner.Split(' ');
        if (parts.Length == 2 && parts[0] != host)
        {
            file.Dispose();
            bag.Error(
                DiagnosticCode.SweepLocked,
                $"'{folder.Root}' is being worked on by another sweep: {Words(owner)}",
                $"if it is gone, remove {path}");
            return null;
        }

        if (owner.Length > 0)
        {
            bag.Warning(
                DiagnosticCode.SweepLocked,
                $"the lock of '{folder.Root}' is taken over from {Words(owner)}, which is gone");
        }

        file.SetLength(0);
        file.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{host} {Environment.ProcessId}\n")));
        file.Flush();
        return new SweepLock(file);
    }

    /// <summary>The file stays: to remove one that another may just have opened would give two the
    /// lock.</summary>
    public void Dispose()
    {
        _file.SetLength(0);
        _file.Dispose();
    }

    private static string Words(string owner) =>
        owner.Split(' ') is [string host, string process]
            ? $"process {process} on {host}"
            : "a process without a name";

    private static string ReadOwner(string path)
    {
        try
        {
            using FileStream file = new(
                path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using StreamReader reader = new(file);
            return reader.ReadToEnd().Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
