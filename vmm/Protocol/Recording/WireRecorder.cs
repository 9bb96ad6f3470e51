namespace Dilaton.Protocol;

/// <summary>A worker's transport that records what passes it.</summary>
public sealed class WireRecorder : IMessageTransport
{
    private readonly IMessageTransport _inner;
    private readonly WireRecordingWriter _recording;

    /// <param name="inner">Is disposed of with this, as is the recording.</param>
    public WireRecorder(IMessageTransport inner, WireRecordingWriter recording)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(recording);
        _inner = inner;
        _recording = recording;
    }

    public string Endpoint => _inner.Endpoint;

    public string Sender => _inner.Sender;

    public ReadOnlySpan<byte> Header => _inner.Header;

    public ReadOnlySpan<byte> Payload => _inner.Payload;

    public bool TryReceive(TimeSpan timeout)
    {
        if (!_inner.TryReceive(timeout))
        {
            return false;
        }

        _recording.Write(WireDirection.ToWorker, Sender, Header, Payload);
        return true;
    }

    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        _recording.Write(WireDirection.ToPeer, partner, header, payload);
        _inner.Send(partner, header, payload);
    }

    public void Dispose()
    {
        _inner.Dispose();
        _recording.Dispose();
    }
}
