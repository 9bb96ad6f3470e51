using System.Diagnostics;
using System.Net.Sockets;
using Dilaton.Native;

namespace Dilaton.Tests.Fuzz;

/// <summary>A process that shuts itself in as a worker does, and then tries to get out, also from a thread that
/// was there before.</summary>
internal sealed class ConfinedProcess(string folder)
{
    private readonly string _granted = Path.Combine(folder, "granted");
    private readonly string _shown = Path.Combine(folder, "shown");
    private readonly string _outside = Path.Combine(folder, "outside");
    private readonly List<string> _wrong = [];

    public static int Run(string folder, TextWriter output)
    {
        ConfinedProcess process = new(folder);
        process.Run();
        process._wrong.ForEach(output.WriteLine);
        return process._wrong.Count == 0 ? 0 : 1;
    }

    private void Run()
    {
        using BlockingThread old = new();

        // What is loaded late would be refused: it is loaded now.
        Expect(true, "read outside, before", () => File.ReadAllText(_outside));
        Expect(true, "socket, before", () => new Socket(SocketType.Stream, ProtocolType.Tcp).Dispose());
        Confinement.Limit();
        if (Confinement.LandlockAbi() > 0)
        {
            Confinement.RestrictFiles(
            [
                new(_granted, LandlockAccess.Write), new(_shown, LandlockAccess.Read), new(folder, LandlockAccess.List),
                new("/usr", LandlockAccess.Read), new("/lib", LandlockAccess.Read), new("/lib64", LandlockAccess.Read),
                new("/proc/self", LandlockAccess.Read), new(AppContext.BaseDirectory, LandlockAccess.Read),
                new(Path.Combine(folder, "missing"), LandlockAccess.Write),
            ]);
            TryFiles();
            old.Do(TryFiles);
        }

        Confinement.RestrictCalls(SeccompFilter.Build(Environment.ProcessId, usesKvm: false));
        TryCalls();
        old.Do(TryCalls);
        using BlockingThread later = new();
        later.Do(TryCalls);
    }

    private void TryFiles()
    {
        string shown = Path.Combine(_shown, "file");
        Expect(false, "read outside", () => File.ReadAllText(_outside));
        Expect(false, "make outside", () => File.WriteAllText(Path.Combine(folder, "new"), ""));
        Expect(true, "list a folder that may be listed", () => Directory.GetFiles(folder));
        Expect(true, "read what is shown", () => File.ReadAllText(shown));
        Expect(false, "write what is shown", () => File.AppendAllText(shown, "x"));
        Expect(false, "remove what is shown", () => File.Delete(shown));
        Expect(false, "read of the host's first process", () => File.ReadAllText("/proc/1/environ"));
        Expect(false, "read the host's users", () => File.ReadAllText("/etc/passwd"));
        Expect(true, "work in what is granted", () =>
        {
            string deep = Path.Combine(_granted, "deep");
            File.WriteAllText(Path.Combine(_granted, "a"), "text");
            Directory.CreateDirectory(deep);
            File.Move(Path.Combine(_granted, "a"), Path.Combine(deep, "b"));
            File.CreateSymbolicLink(Path.Combine(deep, "c"), _outside);
            Expect(false, "read through a link", () => File.ReadAllText(Path.Combine(deep, "c")));
            Directory.Delete(deep, recursive: true);
        });
    }

    private void TryCalls()
    {
        Expect(false, "socket to the host's network", () =>
            new Socket(SocketType.Stream, ProtocolType.Tcp).Dispose());
        Expect(false, "local socket", () =>
            new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Dispose());
        Expect(false, "start a program", () => Process.Start("/bin/true").Dispose());
        Expect(true, "ask itself for memory", GC.Collect);
    }

    private void Expect(bool works, string what, Action action)
    {
        try
        {
            action();
            Note(works, $"could: {what}");
        }
        catch (Exception e)
        {
            Note(!works, $"could not: {what}: {e.GetType().Name}: {e.Message}");
        }
    }

    private void Note(bool isRight, string text)
    {
        if (!isRight)
        {
            _wrong.Add(text);
        }
    }
}
