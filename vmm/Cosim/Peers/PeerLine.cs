using Dilaton.Core;
using Dilaton.Protocol;
using Dilaton.Protocol.Wire;

namespace Dilaton.Cosim;

/// <summary>The line to one peer: numbers and checks messages, and finds out if the other end is
/// dead, hung, or breaks the protocol.</summary>
internal sealed class PeerLine : IDisposable
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(100);

    private readonly string _name;
    private readonly IMessageTransport _transport;
    private readonly int _silentPollsMax;
    private readonly MessageReader _reader = new();
    private readonly MessageReader _heartbeats = new();
    private readonly MessageWriter _writer = new();
    private ulong _processId;
    private ulong _progress;
    private bool _isPaused;
    private volatile string? _ended;

    public PeerLine(string name, IMessageTransport transport, TimeSpan timeout)
    {
        _name = name;
        _transport = transport;
        _silentPollsMax = (int)Math.Clamp(timeout / s_poll, 1, int.MaxValue);
    }

    /// <summary>Frame 1 of the message received last.</summary>
    public ReadOnlySpan<byte> Payload => _transport.Payload;

    /// <summary>End of the last completed interval, for messages.</summary>
    public VirtualTime LastTime { get; set; }

    /// <param name="processId">Of the peer on this host; 0: unknown.</param>
    public void Watch(ulong processId) => _processId = processId;

    /// <summary>Any thread.</summary>
    public void TellEnded(string how) => _ended = how;

    public void RequireAlive()
    {
        if (_ended is { } how)
        {
            throw Fault(how);
        }
    }

    public void Send(Envelope message, ReadOnlySpan<byte> payload)
    {
        try
        {
            _transport.Send(_name, _writer.Write(message), payload);
        }
        catch (ReplayException e)
        {
            throw Fault($"is a recording of another run: {e.Message}");
        }
        catch (TransportException e)
        {
            throw Fault(_ended ?? $"can't be reached: {e.Message}");
        }
    }

    /// <summary>Waits for the one message that the state allows.</summary>
    /// <exception cref="PeerFaultException">Another one came, or none.</exception>
    public Envelope Receive(Envelope.BodyOneofCase expected, bool waitForEver = false)
    {
        int silent = 0;
        while (true)
        {
            // Asked before receiving, so that its last words are heard.
            bool isGone = _ended is not null || HasVanished();
            Envelope? message = TryReceive();
            if (message is null)
            {
                if (isGone)
                {
                    throw Fault(_ended ?? "is gone");
                }

                silent = waitForEver || _isPaused ? 0 : silent + 1;
                if (silent > _silentPollsMax)
                {
                    throw Fault(expected == Envelope.BodyOneofCase.Hello
                        ? "did not come: no word of it within its timeout"
                        : "hangs: no progress within its timeout");
                }

                continue;
            }

            if (message.BodyCase == expected)
            {
                return message;
            }

            silent = HasGotOn(message) ? 0 : silent;
        }
    }

    public void SayBye(Bye.Types.Code code, string text) => Send(
        new Envelope
        {
            Bye = new Bye { Code = code, Text = text, TimePs = LastTime.Picoseconds },
        },
        []);

    public PeerFaultException Fault(string what) =>
        new($"peer '{_name}' {what} (at {LastTime})");

    /// <summary>Tells the peer, if it still listens, what it got wrong.</summary>
    public PeerFaultException Reject(ProtocolException e)
    {
        try
        {
            SayBye(Bye.Types.Code.ProtocolFault, e.Message);
        }
        catch (PeerFaultException)
        {
            // It does not.
        }

        return new PeerFaultException(
            $"peer '{_name}' broke the protocol: {e.Message} (at {LastTime})", e);
    }

    public void Dispose() => _transport.Dispose();

    private Envelope? TryReceive()
    {
        try
        {
            if (!_transport.TryReceive(s_poll))
            {
                return null;
            }

            bool isOurs = _transport.Sender == _name;
            return (isOurs ? _reader : _heartbeats)
                .Read(_transport.Header, _transport.Payload.Length);
        }
        catch (ProtocolException e)
        {
            throw Reject(e);
        }
        catch (WireRecordingException e)
        {
            throw Fault($"is no good recording: {e.Message}");
        }
        catch (TransportException e)
        {
            throw new PeerFaultException($"peer '{_name}': {e.Message}", e);
        }
    }

    /// <summary>Takes a message that is not the awaited one.</summary>
    private bool HasGotOn(Envelope message)
    {
        switch (message.BodyCase)
        {
            case Envelope.BodyOneofCase.Heartbeat:
                bool moved = message.Heartbeat.Progress != _progress;
                _progress = message.Heartbeat.Progress;
                return moved;
            case Envelope.BodyOneofCase.Pause:
                _isPaused = true;
                return true;
            case Envelope.BodyOneofCase.Resume:
                _isPaused = false;
                return true;
            case Envelope.BodyOneofCase.Bye:
                throw Fault($"left: {message.Bye.Text}");
            default:
                throw Reject(new ProtocolException(
                    0, "body", "what the state allows", $"{message.BodyCase}"));
        }
    }

    private bool HasVanished() => _processId != 0 && !Directory.Exists($"/proc/{_processId}");
}
