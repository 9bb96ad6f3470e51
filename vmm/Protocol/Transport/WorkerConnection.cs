using System.Text;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>A peer's end: a DEALER that dials its worker. For tests and tools; peers proper are
/// written in C++.</summary>
public sealed class WorkerConnection : IMessageTransport
{
    private readonly ZeroMqSocket _socket;
    private readonly ZeroMqFrames _frames;

    private WorkerConnection(ZeroMqSocket socket, string endpoint)
    {
        _socket = socket;
        _frames = new ZeroMqFrames(socket);
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public string Sender => "";

    public ReadOnlySpan<byte> Header => _frames.Header.Data;

    public ReadOnlySpan<byte> Payload => _frames.Payload.Data;

    /// <summary>Dials; the worker may bind later.</summary>
    /// <param name="name">Routing id, by which the worker knows this end.</param>
    /// <param name="keys">Of the job, as its other end has them; null: none.</param>
    /// <exception cref="TransportException">The endpoint may not be used, or the host refuses.
    /// </exception>
    public static WorkerConnection Dial(
        ZeroMqContext context, string endpoint, string name, CurveKeys? keys = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        EndpointAddress.Require(endpoint, keys is not null);
        return Transports.Guard(() =>
        {
            ZeroMqSocket socket = context.Open(ZeroMqSocketType.Dealer);
            try
            {
                socket.SetRoutingId(Encoding.Latin1.GetBytes(name));
                Transports.SetLimits(socket);
                if (keys is not null)
                {
                    socket.SetCurveClient(keys);
                    Transports.SetHeartbeat(socket);
                }

                socket.Connect(endpoint);
                return new WorkerConnection(socket, endpoint);
            }
            catch (ZeroMqException)
            {
                socket.Dispose();
                throw;
            }
        });
    }

    public bool TryReceive(TimeSpan timeout)
    {
        try
        {
            if (!_socket.TryReceive(_frames.Header, Transports.Milliseconds(timeout)))
            {
                return false;
            }

            _frames.ReceivePayload();
            return true;
        }
        catch (ZeroMqException e)
        {
            throw new TransportException(e.Message, e);
        }
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        MessageSize.Check(header.Length, payload.Length);
        try
        {
            _socket.Send(header, more: !payload.IsEmpty);
            if (!payload.IsEmpty)
            {
                _socket.Send(payload, more: false);
            }
        }
        catch (ZeroMqException e)
        {
            throw new TransportException(e.Message, e);
        }
    }

    public void Dispose()
    {
        _frames.Dispose();
        _socket.Dispose();
    }
}
