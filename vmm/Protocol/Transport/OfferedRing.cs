using System.Numerics;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>A worker's end that goes over from the socket to a ring, once its peer is welcome.
/// </summary>
public sealed class OfferedRing : IMessageTransport
{
    // Of each lane, for each message that may be under way. A quarter of it is the largest that
    // takes the ring.
    private const int CapacityBytes = 1 << 20;

    private readonly IMessageTransport _socket;
    private readonly string _partner;
    private SharedRing? _ring;
    private int _underWay;
    private IMessageTransport _current;

    /// <param name="socket">Is disposed of with this.</param>
    /// <param name="partner">Whose messages will take the ring.</param>
    public OfferedRing(IMessageTransport socket, string partner)
    {
        ArgumentNullException.ThrowIfNull(socket);
        _socket = socket;
        _partner = partner;
        _current = socket;
    }

    public string Endpoint => _current.Endpoint;

    public string Sender => _current.Sender;

    public ReadOnlySpan<byte> Header => _current.Header;

    public ReadOnlySpan<byte> Payload => _current.Payload;

    /// <summary>Makes the ring. Once.</summary>
    /// <param name="underWay">Requests that may be under way at a time.</param>
    /// <returns>Where the peer can open it.</returns>
    /// <exception cref="NativeCallException">The host refuses.</exception>
    public string Create(int underWay = 1)
    {
        _underWay = underWay;
        _ring = SharedRing.Create(
            CapacityBytes * (int)BitOperations.RoundUpToPowerOf2((uint)underWay));
        return _ring.Path;
    }

    /// <summary>From now on messages take the ring that was made.</summary>
    public void Enter()
    {
        Invariant.Require(_ring is not null && _current == _socket);
        _current = new RingTransport(_socket, _partner, _ring!, isWorker: true, _underWay);
    }

    public bool TryReceive(TimeSpan timeout) => _current.TryReceive(timeout);

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        _current.Send(partner, header, payload);

    public void Dispose()
    {
        _current.Dispose();
        _ring?.Dispose();
    }
}
