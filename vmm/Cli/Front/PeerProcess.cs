using System.Diagnostics;
using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A process of its own session, whose output goes to a file, and which dies with who
/// started it: a peer, or what starts another host's part of a job.</summary>
internal sealed class PeerProcess : IPeerProcess
{
    // exec keeps the process id through all three.
    private const string Script = """
        exec >"$DILATON_LOG" 2>&1
        if command -v setpriv >/dev/null
        then exec setsid setpriv --pdeathsig KILL -- "$@"
        else exec setsid "$@"
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

    public string Where => _process.Id.ToString(CultureInfo.InvariantCulture);

    public bool HasExited => _process.HasExited;

    /// <summary>128 + signal if one killed it.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Must be called on the process's first thread, with which the peer dies.</summary>
    /// <param name="command">Program and arguments.</param>
    /// <param name="exited">Called once it is gone, on any thread.</param>
    /// <param name="input">What it can read; then nothing comes, and the end when we are gone.
    /// Null: it reads nothing.</param>
    public static PeerProcess Start(
        string name,
        IReadOnlyList<string> command,
        IReadOnlyDictionary<string, string?> environment,
        string logPath,
        Action<PeerProcess> exited,
        string? input = null)
    {
        ProcessStartInfo start = new("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
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
        peer.Feed(input);
        return peer;
    }

    /// <summary>The last lines that it wrote, none if it wrote nothing.</summary>
    public IReadOnlyList<string> LastLines(int count) => PeerLog.LastLines(_logPath, count);

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

    private void Feed(string? input)
    {
        try
        {
            if (input is null)
            {
                _process.StandardInput.Close();
                return;
            }

            _process.StandardInput.Write(input);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It is gone already, and its end says why.
        }
    }
}
