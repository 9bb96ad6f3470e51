using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>A worker's end that goes over from the socket to a ring, once its peer is welcome.
/// </summary>
public sealed class OfferedRing : IMessageTransport
{
    // Of each lane. A quarter of it is the largest message that takes the ring.
    private const int CapacityBytes = 1 << 20;

    private readonly IMessageTransport _socket;
    private readonly string _partner;
    private SharedRing? _ring;
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
    /// <returns>Where the peer can open it.</returns>
    /// <exception cref="NativeCallException">The host refuses.</exception>
    public string Create()
    {
        _ring = SharedRing.Create(CapacityBytes);
        return _ring.Path;
    }

    /// <summary>From now on messages take the ring that was made.</summary>
    public void Enter()
    {
        Invariant.Require(_ring is not null && _current == _socket);
        _current = new RingTransport(_socket, _partner, _ring!, isWorker: true);
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
