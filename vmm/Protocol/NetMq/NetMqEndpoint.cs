using System.Text;
using Dilaton.Core;
using NetMQ;
using NetMQ.Sockets;

namespace Dilaton.Protocol;

/// <summary>The worker's end over NetMQ, a ROUTER that peers dial; see <see cref="PeerEndpoint"/>.
/// </summary>
internal sealed class NetMqEndpoint : IMessageTransport
{
    private readonly NetMqFrames _frames;
    private Msg _id;

    private NetMqEndpoint(NetMqFrames frames, string endpoint)
    {
        _frames = frames;
        _id.InitEmpty();
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public string Sender { get; private set; } = "";

    public ReadOnlySpan<byte> Header => _frames.Header;

    public ReadOnlySpan<byte> Payload => _frames.Payload;

    public static NetMqEndpoint Bind(string endpoint)
    {
        Require(endpoint);
        var socket = new RouterSocket();
        var frames = new NetMqFrames(socket);
        try
        {
            return NetMqFrames.Guard(
                () =>
                {
                    socket.Options.RouterMandatory = true;
                    socket.Bind(endpoint);
                    return new NetMqEndpoint(frames, socket.Options.LastEndpoint ?? endpoint);
                },
                $"endpoint '{endpoint}'");
        }
        catch (TransportException)
        {
            frames.Dispose();
            throw;
        }
    }

    /// <exception cref="TransportException">It is not one that may be used here, and why.
    /// </exception>
    public static void Require(string endpoint)
    {
        EndpointAddress.Require(endpoint);
        if (endpoint.StartsWith("ipc://", StringComparison.Ordinal))
        {
            throw new TransportException(
                $"endpoint '{endpoint}': NetMQ has no ipc that others understand; use "
                + "tcp://127.0.0.1: and a port");
        }
    }

    public bool TryReceive(TimeSpan timeout)
    {
        if (!NetMqFrames.Guard(() => _frames.TryReceiveId(ref _id, timeout), "receiving"))
        {
            return false;
        }

        Sender = Encoding.Latin1.GetString(_id.Slice());
        Invariant.Require(_id.HasMore, "a ROUTER's message begins with a routing id");
        return NetMqFrames.Guard(
            () => _frames.TryReceive(Timeout.InfiniteTimeSpan), "receiving");
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(partner);
        MessageSize.Check(header.Length, payload.Length);
        try
        {
            _frames.Send(Encoding.Latin1.GetBytes(partner), more: true);
            _frames.Send(header, more: !payload.IsEmpty);
            if (!payload.IsEmpty)
            {
                _frames.Send(payload, more: false);
            }
        }
        catch (NetMQException e)
        {
            throw new TransportException($"sending to '{partner}': {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _id.Close();
        _frames.Dispose();
    }
}
