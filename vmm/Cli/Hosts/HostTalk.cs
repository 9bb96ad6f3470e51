using System.Collections.Concurrent;
using System.Text;
using Dilaton.Native;
using Dilaton.Protocol;

namespace Dilaton.Cli;

/// <summary>The front's end of the talk with the agents of other hosts: a socket, and the thread that
/// has it.
/// <code>
/// agent ── hello ─────────> HostTalk
/// agent &lt;── welcome ─────── (files that must be the same)
/// agent ── checked ───────> ready
/// agent &lt;── start, peer ─── workers and peers run there
/// agent ── line, exit ────> RemoteWorker, RemotePeer
/// agent &lt;── bye ─────────── the run is over
/// </code></summary>
internal sealed class HostTalk : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentQueue<(HostLine Line, HostMessage Message)> _outbound = new();
    private readonly IReadOnlyList<HostLine> _lines;
    private readonly Func<HostLine, string> _marksFor;
    private readonly PeerEndpoint _socket;
    private readonly Thread _thread;

    // Guards what a HostLine says; pulsed when that changes.
    private readonly object _gate = new();
    private volatile bool _isOver;

    /// <param name="lines">Of all hosts; the first is this one.</param>
    /// <param name="marksFor">The files that must be the same on a host, with their contents.</param>
    /// <exception cref="TransportException">Nothing can listen there.</exception>
    public HostTalk(
        ZeroMqContext context,
        CurveKeys keys,
        IReadOnlyList<HostLine> lines,
        Func<HostLine, string> marksFor)
    {
        _lines = lines;
        _marksFor = marksFor;
        _socket = PeerEndpoint.Bind(context, $"tcp://{lines[0].Address}:*", keys);
        _thread = new Thread(Serve) { Name = "hosts", IsBackground = true };
        _thread.Start();
    }

    public string Endpoint => _socket.Endpoint;

    /// <summary>Any thread.</summary>
    public void Send(HostLine line, HostMessage message) => _outbound.Enqueue((line, message));

    /// <summary>Waits until the host is ready, or lost.</summary>
    /// <returns>False: it is neither within that host time.</returns>
    public bool Await(HostLine line, TimeSpan patience)
    {
        long begin = System.Diagnostics.Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (line.Differences is null && line.Loss is null)
            {
                TimeSpan left = patience - System.Diagnostics.Stopwatch.GetElapsedTime(begin);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                Monitor.Wait(_gate, left);
            }
        }

        return true;
    }

    /// <summary>Makes a worker or peer known; one of a lost host is lost.</summary>
    public void Add(HostLine line, RemoteWorker worker)
    {
        lock (_gate)
        {
            line.Workers[worker.Id] = worker;
            if (line.Loss is not null)
            {
                worker.Lose(LossOf(line));
            }
        }
    }

    public void Add(HostLine line, RemotePeer peer)
    {
        lock (_gate)
        {
            line.Peers[peer.Name] = peer;
            if (line.Loss is not null)
            {
                peer.Lose();
            }
        }
    }

    /// <summary>A host does not take part any longer. Any thread.</summary>
    public void Lose(HostLine line, Func<string> how)
    {
        lock (_gate)
        {
            if (line.Loss is not null || _isOver)
            {
                return;
            }

            line.Loss = how();
            Monitor.PulseAll(_gate);
        }

        foreach (RemoteWorker worker in line.Workers.Values)
        {
            worker.Lose(LossOf(line));
        }

        foreach (RemotePeer peer in line.Peers.Values)
        {
            peer.Lose();
        }
    }

    /// <summary>Says what is still to be said.</summary>
    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
        _socket.Dispose();
    }

    private static string LossOf(HostLine line) =>
        $"host '{line.Job.Name}' is lost: {line.Loss}";

    private void Serve()
    {
        while (true)
        {
            // Asked first, so that all that was sent before it goes out.
            bool isLast = _isOver;
            while (_outbound.TryDequeue(out (HostLine Line, HostMessage Message) next))
            {
                Deliver(next.Line, next.Message);
            }

            if (isLast)
            {
                return;
            }

            Receive();
            foreach (HostLine line in _lines)
            {
                Watch(line);
            }
        }
    }

    private void Receive()
    {
        HostLine? from = null;
        try
        {
            if (_socket.TryReceive(s_poll))
            {
                from = _lines.FirstOrDefault(
                    line => line.Index > 0 && line.Job.Name == _socket.Sender);
                from?.Silence.Hear();
                Take(from, HostMessage.Read(_socket.Header, _socket.Payload));
            }
        }
        catch (Exception e) when (e is ProtocolException or FormatException)
        {
            if (from is not null)
            {
                Lose(from, () => $"it broke the protocol: {e.Message}");
            }
        }
    }

    private void Watch(HostLine line)
    {
        if (line.Hello is null || line.Loss is not null)
        {
            return;
        }

        if (line.Silence.Step())
        {
            Deliver(line, new HostMessage(HostWord.Alive));
        }

        if (line.Silence.IsTooLong)
        {
            Lose(line, () => $"nothing was heard of it for {Silence.Most.TotalSeconds:0} s");
        }
    }

    private void Deliver(HostLine line, HostMessage message)
    {
        if (line.Loss is not null || line.Hello is null)
        {
            return;
        }

        try
        {
            _socket.Send(line.Job.Name, message.Header, message.Body.Span);
        }
        catch (TransportException e)
        {
            Lose(line, () => e.Message);
        }
    }

    private void Take(HostLine? line, HostMessage message)
    {
        if (line is null)
        {
            return;
        }

        switch (message.Word)
        {
            case HostWord.Hello:
                Welcome(line, message.Text);
                break;
            case HostWord.Checked:
                lock (_gate)
                {
                    line.Differences = message.Text;
                    Monitor.PulseAll(_gate);
                }

                break;
            case HostWord.PeerExit when line.Peers.TryGetValue(message.Id, out RemotePeer? peer):
                peer.Exited(message.Text);
                break;
            default:
                string[] words = message.Id.Split(' ');
                if (line.Workers.TryGetValue(words[0], out RemoteWorker? worker))
                {
                    worker.Take(message.Word, words, message);
                }

                break;
        }
    }

    private void Welcome(HostLine line, string text)
    {
        HostHello? hello = HostHello.TryParse(text);
        string? mistake = line.Hello is not null
            ? "it came twice"
            : hello?.Version == HostHello.OwnVersion
                ? null
                : $"it runs Dilaton {hello?.Version}, and this host {HostHello.OwnVersion}";
        line.Hello ??= hello ?? new HostHello("", "");
        if (mistake is null)
        {
            Deliver(line, new HostMessage(HostWord.Welcome, "", _marksFor(line)));
        }
        else
        {
            Deliver(line, new HostMessage(HostWord.Refused, "", mistake));
            Lose(line, () => mistake);
        }
    }
}
