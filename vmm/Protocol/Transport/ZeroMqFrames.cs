using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>The frames of a message on a ZeroMQ socket, received without copying.</summary>
internal sealed class ZeroMqFrames : IDisposable
{
    private readonly ZeroMqSocket _socket;
    private readonly ZeroMqMessage _rest = new();

    public ZeroMqFrames(ZeroMqSocket socket) => _socket = socket;

    public ZeroMqMessage Header { get; } = new();

    public ZeroMqMessage Payload { get; } = new();

    /// <summary>Receives what follows the header.</summary>
    /// <exception cref="ProtocolException">It breaks a limit; it is received to its end.
    /// </exception>
    public void ReceivePayload()
    {
        Payload.Clear();
        int frames = 1;
        if (Header.HasMore)
        {
            Require(Payload);
            frames++;
            for (bool more = Payload.HasMore; more; more = _rest.HasMore)
            {
                Require(_rest);
                frames++;
            }

            _rest.Clear();
        }

        Check(frames);
    }

    public void Dispose()
    {
        Header.Dispose();
        Payload.Dispose();
        _rest.Dispose();
    }

    /// <summary>Receives a further frame; those of a message arrive together.</summary>
    public void Require(ZeroMqMessage frame)
    {
        if (!_socket.TryReceive(frame, timeoutMs: -1))
        {
            throw new TransportException("a message ends before its last frame");
        }
    }

    private void Check(int frames)
    {
        if (frames > ProtocolLimits.FramesMax)
        {
            throw new ProtocolException(
                ProtocolLimits.FramesMax, "message", $"at most {ProtocolLimits.FramesMax} frames",
                $"{frames}");
        }

        MessageSize.Check(Header.Data.Length, Payload.Data.Length);
    }
}
