using Dilaton.Core;
using NetMQ;

namespace Dilaton.Protocol;

/// <summary>The frames of a message on a NetMQ socket.</summary>
internal sealed class NetMqFrames : IDisposable
{
    // A partner that does not take a message for this long is an error.
    private static readonly TimeSpan s_sendTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_linger = TimeSpan.FromMilliseconds(500);

    private readonly NetMQSocket _socket;
    private Msg _header;
    private Msg _payload;
    private Msg _rest;

    public NetMqFrames(NetMQSocket socket)
    {
        _socket = socket;
        _header.InitEmpty();
        _payload.InitEmpty();
        _rest.InitEmpty();
        socket.Options.Linger = s_linger;
        socket.Options.SendHighWatermark = Transports.MessagesMax;
        socket.Options.ReceiveHighWatermark = Transports.MessagesMax;
        socket.Options.MaxMsgSize = Transports.FrameBytesMax;
    }

    public ReadOnlySpan<byte> Header => _header.Slice();

    public ReadOnlySpan<byte> Payload => _payload.Slice();

    /// <summary>Waits for a message's first frame.</summary>
    /// <param name="id">Where it is put.</param>
    /// <returns>False if none came.</returns>
    public bool TryReceiveId(ref Msg id, TimeSpan timeout) => _socket.TryReceive(ref id, Of(timeout));

    /// <summary>Waits for a message without a routing id, or for the rest of one with it.</summary>
    /// <exception cref="ProtocolException">It has more than two frames, or one is too long.
    /// </exception>
    public bool TryReceive(TimeSpan timeout)
    {
        if (!_socket.TryReceive(ref _header, Of(timeout)))
        {
            return false;
        }

        bool more = _header.HasMore;
        if (more)
        {
            _socket.TryReceive(ref _payload, Of(Timeout.InfiniteTimeSpan));
            more = _payload.HasMore;
        }
        else
        {
            _payload.Close();
            _payload.InitEmpty();
        }

        int frames = 2;
        while (more)
        {
            _socket.TryReceive(ref _rest, Of(Timeout.InfiniteTimeSpan));
            more = _rest.HasMore;
            frames++;
        }

        if (frames > 2)
        {
            throw new ProtocolException(0, "frames", "at most 2", $"{frames}");
        }

        MessageSize.Check(_header.Size, _payload.Size);
        return true;
    }

    /// <exception cref="TransportException">The partner does not take it.</exception>
    public void Send(ReadOnlySpan<byte> frame, bool more)
    {
        Msg message = default;
        message.InitPool(frame.Length);
        frame.CopyTo(message.Slice());
        if (!_socket.TrySend(ref message, s_sendTimeout, more))
        {
            message.Close();
            throw new TransportException("the partner takes no message");
        }

        message.Close();
    }

    public void Dispose()
    {
        _header.Close();
        _payload.Close();
        _rest.Close();
        _socket.Dispose();
    }

    public static T Guard<T>(Func<T> work, string what)
    {
        try
        {
            return work();
        }
        catch (Exception e) when (e is NetMQException or System.Net.Sockets.SocketException)
        {
            throw new TransportException($"{what}: {e.Message}", e);
        }
    }

    // NetMQ waits for ever for any negative time.
    private static TimeSpan Of(TimeSpan timeout)
    {
        int ms = Transports.Milliseconds(timeout);
        return TimeSpan.FromMilliseconds(ms);
    }
}
