using System.Text;
using Dilaton.Core;
using Dilaton.Native;

namespace Dilaton.Protocol;

/// <summary>The worker's end: a ROUTER that peers dial.</summary>
public sealed class PeerEndpoint : IMessageTransport
{
    private const int PartnersMax = 64;

    private readonly ZeroMqSocket _socket;
    private readonly ZeroMqFrames _frames;
    private readonly ZeroMqMessage _id = new();
    private readonly List<(byte[] Id, string Name)> _partners = [];

    private PeerEndpoint(ZeroMqSocket socket, string endpoint)
    {
        _socket = socket;
        _frames = new ZeroMqFrames(socket);
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public string Sender { get; private set; } = "";

    public ReadOnlySpan<byte> Header => _frames.Header.Data;

    public ReadOnlySpan<byte> Payload => _frames.Payload.Data;

    /// <summary>Binds.</summary>
    /// <param name="context">Peers of an `inproc` endpoint share it.</param>
    /// <param name="endpoint"><c>ipc://</c> and an absolute path, or <c>tcp://127.0.0.1:</c> and a
    /// port (`*`: any that is free), or for tests <c>inproc://</c> and a name; with keys any address
    /// of this host.</param>
    /// <param name="keys">Only who has them may dial, and all is encrypted; null: neither.</param>
    /// <exception cref="TransportException">It is another endpoint, or the host refuses it.
    /// </exception>
    public static PeerEndpoint Bind(
        ZeroMqContext context, string endpoint, CurveKeys? keys = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        EndpointAddress.Require(endpoint, keys is not null);
        return Transports.Guard(() =>
        {
            ZeroMqSocket socket = context.Open(ZeroMqSocketType.Router);
            try
            {
                socket.SetRouterMandatory();
                Transports.SetLimits(socket);
                if (keys is not null)
                {
                    context.Admit(keys);
                    socket.SetCurveServer(keys);
                    Transports.SetHeartbeat(socket);
                }

                return new PeerEndpoint(socket, socket.Bind(endpoint));
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
            if (!_socket.TryReceive(_id, Transports.Milliseconds(timeout)))
            {
                return false;
            }

            Sender = NameOf(_id.Data);
            Invariant.Require(_id.HasMore, "a ROUTER's message begins with a routing id");
            _frames.Require(_frames.Header);
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
        ArgumentNullException.ThrowIfNull(partner);
        MessageSize.Check(header.Length, payload.Length);
        try
        {
            _socket.Send(IdOf(partner), more: true);
            _socket.Send(header, more: !payload.IsEmpty);
            if (!payload.IsEmpty)
            {
                _socket.Send(payload, more: false);
            }
        }
        catch (ZeroMqException e)
        {
            throw new TransportException($"sending to '{partner}': {e.Message}", e);
        }
    }

    public void Dispose()
    {
        _id.Dispose();
        _frames.Dispose();
        _socket.Dispose();
    }

    // A routing id is bytes; one char a byte, so that any of them has a name and back.
    private string NameOf(ReadOnlySpan<byte> id)
    {
        foreach ((byte[] known, string name) in _partners)
        {
            if (id.SequenceEqual(known))
            {
                return name;
            }
        }

        string text = Encoding.Latin1.GetString(id);
        if (_partners.Count < PartnersMax)
        {
            _partners.Add((id.ToArray(), text));
        }

        return text;
    }

    private ReadOnlySpan<byte> IdOf(string partner)
    {
        foreach ((byte[] id, string name) in _partners)
        {
            if (name == partner)
            {
                return id;
            }
        }

        return Encoding.Latin1.GetBytes(partner);
    }
}
