using System.Globalization;

namespace Dilaton.Cli;

/// <summary>A peer on another host.</summary>
/// <param name="send">Takes a message to its host. Any thread.</param>
/// <param name="exited">Called once it is gone, on the hosts' thread.</param>
internal sealed class RemotePeer(
    string name, string host, string logPath, Action<HostMessage> send, Action<IPeerProcess> exited)
    : IPeerProcess
{
    /// <summary>For the word that a killed peer is gone.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly ManualResetEventSlim _isOver = new();
    private volatile int _exitCode;

    public string Name => name;

    public string Where => $"on host '{host}'";

    public bool HasExited => _isOver.IsSet;

    public int ExitCode => _exitCode;

    public IReadOnlyList<string> LastLines(int count) => PeerLog.LastLines(logPath, count);

    public void End(TimeSpan patience)
    {
        if (!_isOver.Wait(patience))
        {
            send(new HostMessage(HostWord.PeerKill, name));
            _isOver.Wait(s_patience);
        }
    }

    /// <summary>The hosts' thread.</summary>
    public void Exited(string code)
    {
        _exitCode = int.Parse(code, CultureInfo.InvariantCulture);
        _isOver.Set();
        exited(this);
    }

    /// <summary>Its host is lost. The hosts' thread.</summary>
    public void Lose()
    {
        if (!_isOver.IsSet)
        {
            _exitCode = 128 + 9;
            _isOver.Set();
            exited(this);
        }
    }

    public void Dispose() => _isOver.Dispose();
}
