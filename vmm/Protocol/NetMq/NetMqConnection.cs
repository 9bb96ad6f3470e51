using System.Text;
using NetMQ.Sockets;

namespace Dilaton.Protocol;

/// <summary>A peer's end over NetMQ; see <see cref="WorkerConnection"/>.</summary>
internal sealed class NetMqConnection : IMessageTransport
{
    private readonly NetMqFrames _frames;

    private NetMqConnection(NetMqFrames frames, string endpoint)
    {
        _frames = frames;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public string Sender => "";

    public ReadOnlySpan<byte> Header => _frames.Header;

    public ReadOnlySpan<byte> Payload => _frames.Payload;

    public static NetMqConnection Dial(string endpoint, string name)
    {
        NetMqEndpoint.Require(endpoint);
        var socket = new DealerSocket();
        var frames = new NetMqFrames(socket);
        try
        {
            return NetMqFrames.Guard(
                () =>
                {
                    socket.Options.Identity = Encoding.Latin1.GetBytes(name);
                    socket.Connect(endpoint);
                    return new NetMqConnection(frames, endpoint);
                },
                $"endpoint '{endpoint}'");
        }
        catch (TransportException)
        {
            frames.Dispose();
            throw;
        }
    }

    public bool TryReceive(TimeSpan timeout) =>
        NetMqFrames.Guard(() => _frames.TryReceive(timeout), "receiving");

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        MessageSize.Check(header.Length, payload.Length);
        try
        {
            _frames.Send(header, more: !payload.IsEmpty);
            if (!payload.IsEmpty)
            {
                _frames.Send(payload, more: false);
            }
        }
        catch (NetMQ.NetMQException e)
        {
            throw new TransportException(e.Message, e);
        }
    }

    public void Dispose() => _frames.Dispose();
}
