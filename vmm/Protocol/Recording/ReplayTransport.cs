namespace Dilaton.Protocol;

/// <summary>Plays the peers of a recording to a worker, which must send what it sent then.
/// </summary>
public sealed class ReplayTransport : IMessageTransport
{
    private readonly WireRecordingReader _recording;
    private bool _hasNext;
    private byte[] _header = [];
    private byte[] _payload = [];

    /// <param name="recording">Is disposed of with this.</param>
    public ReplayTransport(WireRecordingReader recording)
    {
        ArgumentNullException.ThrowIfNull(recording);
        _recording = recording;
        _hasNext = recording.TryRead();
    }

    public string Endpoint => $"recording of {_recording.Session}";

    public string Sender { get; private set; } = "";

    public ReadOnlySpan<byte> Header => _header;

    public ReadOnlySpan<byte> Payload => _payload;

    /// <summary>All messages were played.</summary>
    public bool IsAtEnd => !_hasNext;

    /// <summary>Does not wait: what has not been sent is not answered.</summary>
    public bool TryReceive(TimeSpan timeout)
    {
        if (!_hasNext || _recording.Direction != WireDirection.ToWorker)
        {
            return false;
        }

        Sender = _recording.Partner;
        _header = _recording.Header.ToArray();
        _payload = _recording.Payload.ToArray();
        _hasNext = _recording.TryRead();
        return true;
    }

    /// <exception cref="ReplayException">It is another message than then.</exception>
    public void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (!_hasNext)
        {
            throw new ReplayException(
                _recording.MessageNumber + 1,
                $"there is none, now {RecordedHeader.NameOf(header)} is sent to '{partner}'");
        }

        ReplayComparison.Require(
            _recording, WireDirection.ToPeer, partner, header, payload);
        _hasNext = _recording.TryRead();
    }

    public void Dispose() => _recording.Dispose();
}
