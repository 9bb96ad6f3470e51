using System.Diagnostics;

namespace Dilaton.Cli;

/// <summary>A peer that the front started: a process of its own session, whose output goes to a
/// file, and which dies with the front.</summary>
internal sealed class PeerProcess : IDisposable
{
    // exec keeps the process id through all three.
    private const string Script = """
        if command -v setpriv >/dev/null
        then exec setsid setpriv --pdeathsig KILL -- "$@" >"$DILATON_LOG" 2>&1 </dev/null
        else exec setsid "$@" >"$DILATON_LOG" 2>&1 </dev/null
        fi
        """;

    private readonly Process _process;
    private readonly string _logPath;

    private PeerProcess(string name, Process process, string logPath)
    {
        Name = name;
        _process = process;
        _logPath = logPath;
    }

    public string Name { get; }

    public int ProcessId => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>128 + signal if one killed it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Must be called on the process's first thread, with which the peer dies.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="exited">Called once it is gone, on any thread.</param>
    public static PeerProcess Start(
        string name,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string?> environment,
        string logPath,
        Action<PeerProcess> exited)
    {
        ProcessStartInfo start = new("/bin/sh") { UseShellExecute = false };
        foreach (string argument in (string[])["-c", Script, "sh", .. command])
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string key, string? value) in environment)
        {
            start.Environment[key] = value;
        }

        start.Environment["DILATON_LOG"] = logPath;
        Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
        Process process = new() { StartInfo = start, EnableRaisingEvents = true };
        PeerProcess peer = new(name, process, logPath);
        process.Exited += (_, _) => exited(peer);
        process.Start();
        return peer;
    }

    /// <summary>The last lines that it wrote, none if it wrote nothing.</summary>
    public IReadOnlyList<string> LastLines(int count)
    {
        try
        {
            return PeerLog.Tail(File.ReadAllLines(_logPath), count);
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Waits for its end, then forces it.</summary>
    public void End(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience))
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
    }

    public void Dispose() => _process.Dispose();
}
