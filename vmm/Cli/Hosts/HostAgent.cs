using System.Collections.Concurrent;
using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>`dilaton join`: the part of a job on a host other than its front's. Starts workers and
/// peers as it is told, passes on what they say, and ends with the front.</summary>
internal sealed class HostAgent : IDisposable
{
    /// <summary>What waits to be sent; then who has more to say waits.</summary>
    private const int OutboundMax = 256;

    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    /// <summary>For the front's first word.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly BlockingCollection<HostMessage> _outbound = new(OutboundMax);
    private readonly Dictionary<string, AgentWorker> _workers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PeerProcess> _peers = new(StringComparer.Ordinal);
    private readonly ZeroMqContext _context = new();
    private readonly WorkerConnection _front;
    private readonly string _folder = Directory.CreateTempSubdirectory("dilaton-host-").FullName;
    private readonly string _keyFile;
    private readonly PosixSignalRegistration[] _signals;
    private readonly Silence _silence = new();
    private volatile string? _end;
    private bool _isWelcome;

    /// <exception cref="TransportException">The endpoint can't be dialled.</exception>
    public HostAgent(string endpoint, string host, CurveKeys keys)
    {
        _front = WorkerConnection.Dial(_context, endpoint, host, keys);
        _keyFile = KeyFiles.Write(_folder, keys);
        _signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
        ];
    }

    /// <summary>Until the run is over. Must be called on the process's first thread, with which
    /// what it starts dies.</summary>
    /// <returns>Null if it ended well; else why it did not.</returns>
    public string? Run()
    {
        Deliver(new HostMessage(
            HostWord.Hello, "", new HostHello(HostHello.OwnVersion, _folder).ToText()));
        long begin = System.Diagnostics.Stopwatch.GetTimestamp();
        try
        {
            while (_end is null)
            {
                while (_outbound.TryTake(out HostMessage? message))
                {
                    Deliver(message);
                }

                if (_front.TryReceive(s_poll))
                {
                    _silence.Hear();
                    Take(HostMessage.Read(_front.Header, _front.Payload));
                }

                Watch(System.Diagnostics.Stopwatch.GetElapsedTime(begin));
            }
        }
        catch (Exception e) when (e is TransportException or ProtocolException or Win32Exception)
        {
            _end = e.Message;
        }

        return _end.Length == 0 ? null : _end;
    }

    /// <summary>The front is gone, as the end of our input shows. Any thread.</summary>
    public void TellFrontGone() => _end ??= "the front is gone";

    public void Dispose()
    {
        Array.ForEach(_signals, signal => signal.Dispose());
        foreach (AgentWorker worker in _workers.Values)
        {
            worker.Dispose();
        }

        foreach (PeerProcess peer in _peers.Values)
        {
            peer.End(TimeSpan.Zero);
        }

        _front.Dispose();
        _context.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        _end ??= $"stopped by {context.Signal}";
    }

    private void Watch(TimeSpan elapsed)
    {
        if (!_isWelcome)
        {
            if (elapsed > s_patience)
            {
                _end ??= $"no answer from {_front.Endpoint} within {s_patience.TotalSeconds:0} s: it "
                    + "can't be reached, or these are the keys of another job";
            }

            return;
        }

        if (_silence.Step())
        {
            Deliver(new HostMessage(HostWord.Alive));
        }

        if (_silence.IsTooLong)
        {
            _end ??= $"nothing was heard of the front for {Silence.Most.TotalSeconds:0} s";
        }
    }

    private void Deliver(HostMessage message) =>
        _front.Send("", message.Header, message.Body.Span);

    private void Take(HostMessage message)
    {
        switch (message.Word)
        {
            case HostWord.Welcome:
                _isWelcome = true;
                Deliver(new HostMessage(
                    HostWord.Checked, "", SharedFiles.Differences(message.Text)));
                break;
            case HostWord.Refused:
                _end = $"the front refuses this host: {message.Text}";
                break;
            case HostWord.Start:
                AgentWorker started = new(message.Id, message.Body.Span, Post);
                _workers[message.Id] = started;
                Deliver(new HostMessage(
                    HostWord.Started,
                    message.Id,
                    started.ProcessId.ToString(CultureInfo.InvariantCulture)));
                break;
            case HostWord.Command when _workers.TryGetValue(message.Id, out AgentWorker? worker):
                worker.Send(message.Body.Span);
                break;
            case HostWord.Kill when _workers.TryGetValue(message.Id, out AgentWorker? worker):
                worker.Kill();
                break;
            case HostWord.Peer:
                StartPeer(message.Id, HostPeer.Parse(message.Text));
                break;
            case HostWord.PeerKill when _peers.TryGetValue(message.Id, out PeerProcess? peer):
                _ = Task.Run(() => peer.End(TimeSpan.Zero));
                break;
            case HostWord.Bye:
                _end = "";
                break;
            default:
                break;
        }
    }

    private void StartPeer(string name, HostPeer peer) => _peers[name] = PeerProcess.Start(
        name,
        peer.Command,
        peer.Environment.ToDictionary(
            pair => pair.Key,
            pair => pair is { Key: PeerCommand.KeyFileVariable } ? _keyFile : pair.Value),
        peer.LogPath,
        process => Post(new HostMessage(
            HostWord.PeerExit, name, process.ExitCode.ToString(CultureInfo.InvariantCulture))));

    /// <summary>Any thread but the first.</summary>
    private void Post(HostMessage message) => _outbound.Add(message);
}
