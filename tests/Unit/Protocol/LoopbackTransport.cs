using Dilaton.Protocol;

namespace Dilaton.Tests.Unit.Protocol;

/// <summary>A worker's end whose peer is a function: it sees each message that is sent, and says
/// what it answers.</summary>
internal sealed class LoopbackTransport(LoopbackTransport.Peer peer) : IMessageTransport
{
    private readonly Queue<(string Sender, byte[] Header, byte[] Payload)> _answers = [];
    private byte[] _header = [];
    private byte[] _payload = [];

    public delegate void Peer(
        string partner, byte[] header, byte[] payload, Action<string, byte[], byte[]> answer);

    /// <summary>What happens just before this end looks for a message; once.</summary>
    public Action? BeforeReceive { get; set; }

    public string Endpoint => "loopback";

    public string Sender { get; private set; } = "";

    public ReadOnlySpan<byte> Header => _header;

    public ReadOnlySpan<byte> Payload => _payload;

    public LoopbackTransport Incoming(string sender, byte[] header, byte[] payload)
    {
        _answers.Enqueue((sender, header, payload));
        return this;
    }

    public bool TryReceive(TimeSpan timeout)
    {
        Action? before = BeforeReceive;
        BeforeReceive = null;
        before?.Invoke();
        if (!_answers.TryDequeue(out (string Sender, byte[] Header, byte[] Payload) next))
        {
            return false;
        }

        (Sender, _header, _payload) = next;
        return true;
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) =>
        peer(
            partner, header.ToArray(), payload.ToArray(),
            (sender, h, p) => Incoming(sender, h, p));

    public void Dispose()
    {
    }
}
