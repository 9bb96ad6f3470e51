using System.Diagnostics;
using System.Net.Sockets;
using Dilaton.Native;

namespace Dilaton.Tests.Fuzz;

/// <summary>A process that shuts itself in as a worker does, and then tries to get out, also from a thread that
/// was there before.</summary>
internal static class ConfinedProcess
{
    public static int Run(string folder, TextWriter output)
    {
        string granted = Path.Combine(folder, "granted"), shown = Path.Combine(folder, "shown");
        string outside = Path.Combine(folder, "outside");
        using BlockingThread old = new();
        List<string> wrong = [];

        // What is loaded late would be refused: it is loaded now.
        Expect(true, "read outside, before", () => File.ReadAllText(outside));
        Expect(true, "socket, before", () => new Socket(SocketType.Stream, ProtocolType.Tcp).Dispose());
        Confinement.Limit();
        if (Confinement.LandlockAbi() > 0)
        {
            Confinement.RestrictFiles(
            [
                new(granted, LandlockAccess.Write), new(shown, LandlockAccess.Read), new(folder, LandlockAccess.List),
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
        wrong.ForEach(output.WriteLine);
        return wrong.Count == 0 ? 0 : 1;

        void TryFiles()
        {
            Expect(false, "read outside", () => File.ReadAllText(outside));
            Expect(false, "make outside", () => File.WriteAllText(Path.Combine(folder, "new"), ""));
            Expect(true, "list a folder that may be listed", () => Directory.GetFiles(folder));
            Expect(true, "read what is shown", () => File.ReadAllText(Path.Combine(shown, "file")));
            Expect(false, "write what is shown", () => File.AppendAllText(Path.Combine(shown, "file"), "x"));
            Expect(false, "remove what is shown", () => File.Delete(Path.Combine(shown, "file")));
            Expect(false, "read of the host's first process", () => File.ReadAllText("/proc/1/environ"));
            Expect(false, "read the host's users", () => File.ReadAllText("/etc/passwd"));
            Expect(true, "work in what is granted", () =>
            {
                File.WriteAllText(Path.Combine(granted, "a"), "text");
                Directory.CreateDirectory(Path.Combine(granted, "deep"));
                File.Move(Path.Combine(granted, "a"), Path.Combine(granted, "deep", "b"));
                File.CreateSymbolicLink(Path.Combine(granted, "deep", "c"), outside);
                Expect(false, "read through a link", () => File.ReadAllText(Path.Combine(granted, "deep", "c")));
                Directory.Delete(Path.Combine(granted, "deep"), recursive: true);
            });
        }

        void TryCalls()
        {
            Expect(false, "socket to the host's network", () => new Socket(SocketType.Stream, ProtocolType.Tcp).Dispose());
            Expect(false, "local socket", () =>
                new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified).Dispose());
            Expect(false, "start a program", () => Process.Start("/bin/true").Dispose());
            Expect(true, "ask itself for memory", () => GC.Collect());
        }

        void Expect(bool works, string what, Action action)
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

        void Note(bool isRight, string text)
        {
            if (!isRight)
            {
                lock (wrong)
                {
                    wrong.Add(text);
                }
            }
        }
    }
}
