using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>An end of the wire whose messages with one partner take a ring of shared memory, with
/// the same order as on the socket alone. What is too large for the ring goes by the socket, with a
/// mark in the ring where it belongs; messages of others, such as the partner's heartbeats, come by
/// the socket.</summary>
public sealed class RingTransport : IMessageTransport
{
    // Looks at the ring before it sleeps, of some 40 ns each: as many as have paid of late. Where
    // both ends share a core, none do.
    private const int SpinsMin = 8;
    private const int SpinsMax = 512;

    // While the partner answers at once, its heartbeats are still to be fetched; and who has given
    // up looking tries again.
    private const int ReceivesPerLook = 64;

    // A message that takes more than this part of the ring, for each that may be under way, goes by
    // the socket.
    private const int PartMax = 4;

    private readonly IMessageTransport _inner;
    private readonly string _partner;
    private readonly SharedRing _ring;
    private readonly RingLane _out;
    private readonly RingLane _in;
    private readonly ulong _entryBytesMax;
    private byte[] _message = new byte[4096];
    private int _headerBytes;
    private int _payloadBytes;
    private bool _isFromRing;
    private bool _expectsMarked;
    private bool _isHeld;
    private int _receives;
    private int _spins = SpinsMax;

    /// <param name="inner">Is disposed of with this, as is the ring.</param>
    /// <param name="partner">Whose messages take the ring.</param>
    /// <param name="underWay">Requests that may be under way at a time.</param>
    public RingTransport(
        IMessageTransport inner, string partner, SharedRing ring, bool isWorker, int underWay = 1)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(ring);
        _inner = inner;
        _partner = partner;
        _ring = ring;
        _entryBytesMax = (ulong)(ring.CapacityBytes / PartMax / underWay);
        (_out, _in) = isWorker ? (ring.ToPeer, ring.ToWorker) : (ring.ToWorker, ring.ToPeer);
    }

    public string Endpoint => _inner.Endpoint;

    public string Sender => _isFromRing ? _partner : _inner.Sender;

    public ReadOnlySpan<byte> Header =>
        _isFromRing ? _message.AsSpan(0, _headerBytes) : _inner.Header;

    public ReadOnlySpan<byte> Payload =>
        _isFromRing ? _message.AsSpan(_headerBytes, _payloadBytes) : _inner.Payload;

    public bool TryReceive(TimeSpan timeout)
    {
        if (_isHeld)
        {
            return TryReceiveFromRing() || TakeHeld();
        }

        if (++_receives % ReceivesPerLook == 0)
        {
            _spins = SpinsMax;
            if (TryReceiveFromSocket(TimeSpan.Zero))
            {
                return true;
            }
        }

        if (TryReceiveFromRing())
        {
            return true;
        }

        if (!_expectsMarked && TrySpin())
        {
            return true;
        }

        if (TryReceiveFromSocket(_expectsMarked ? timeout : TimeSpan.Zero))
        {
            return true;
        }

        if (_expectsMarked)
        {
            return false;
        }

        _in.Wait(0, Transports.Milliseconds(timeout) is int ms and >= 0 ? ms : int.MaxValue);
        return TryReceiveFromRing()
            || TryReceiveFromSocket(_expectsMarked ? timeout : TimeSpan.Zero);
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        MessageSize.Check(header.Length, payload.Length);
        if (partner != _partner)
        {
            _inner.Send(partner, header, payload);
            return;
        }

        if (RingLane.BytesFor(header.Length, payload.Length) <= _entryBytesMax)
        {
            Write(RingEntry.Message, header, payload);
        }
        else
        {
            Write(RingEntry.Elsewhere, [], []);
            _inner.Send(partner, header, payload);
        }
    }

    public void Dispose()
    {
        _inner.Dispose();
        _ring.Dispose();
    }

    private bool TrySpin()
    {
        _in.Wait(_spins, 0);
        bool came = TryReceiveFromRing();
        _spins = came ? Math.Min(_spins * 2, SpinsMax) : Math.Max(_spins / 2, SpinsMin);
        return came;
    }

    private bool TryReceiveFromSocket(TimeSpan timeout)
    {
        if (!_inner.TryReceive(timeout))
        {
            return false;
        }

        _isFromRing = false;
        if (_inner.Sender != _partner)
        {
            return true;
        }

        // If no mark was read, it was written since the ring was looked at, behind all that goes
        // before this message. A partner that could not enter the ring writes none.
        _isHeld = !_expectsMarked;
        _expectsMarked = false;
        return !_isHeld || TryReceiveFromRing() || TakeHeld();
    }

    private bool TakeHeld()
    {
        _isHeld = false;
        _isFromRing = false;
        return true;
    }

    private bool TryReceiveFromRing()
    {
        try
        {
            if (_expectsMarked || !_in.TryPeek(out RingEntry entry))
            {
                return false;
            }

            if (entry.Kind == RingEntry.Elsewhere)
            {
                _in.Take(entry, []);
                _expectsMarked = !_isHeld;
                return _isHeld && TakeHeld();
            }

            Take(entry);
            return true;
        }
        catch (RingException e)
        {
            throw new ProtocolException(0, "ring", "entries as written", e);
        }
    }

    // The ring has at most 64 MiB, and so has what it holds.
    private void Take(in RingEntry entry)
    {
        int bytes = checked((int)(entry.HeaderBytes + entry.PayloadBytes));
        if (bytes > _message.Length)
        {
            _message = new byte[Math.Max(bytes, _message.Length * 2)];
        }

        _in.Take(entry, _message.AsSpan(0, bytes));
        _headerBytes = (int)entry.HeaderBytes;
        _payloadBytes = (int)entry.PayloadBytes;
        _isFromRing = true;
        MessageSize.Check(_headerBytes, _payloadBytes);
    }

    // A partner that keeps to the protocol has read what came before: there is room.
    private void Write(uint kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        try
        {
            if (!_out.TryWrite(kind, header, payload))
            {
                throw new TransportException($"sending to '{_partner}': its ring is full");
            }
        }
        catch (RingException e)
        {
            throw new ProtocolException(0, "ring", "a reader that follows", e);
        }
    }
}
