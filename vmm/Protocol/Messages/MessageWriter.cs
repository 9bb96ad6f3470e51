using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Protocol;

/// <summary>Makes frame 0 of the messages of one direction, and counts them.</summary>
public sealed class MessageWriter
{
    private byte[] _buffer = new byte[1024];
    private ulong _sequence;

    /// <summary>Numbers the message (a heartbeat has no number) and encodes it.</summary>
    /// <returns>Frame 0; valid until the next call.</returns>
    /// <exception cref="ProtocolException">It exceeds
    /// <see cref="ProtocolLimits.HeaderBytesMax"/>.</exception>
    public ReadOnlySpan<byte> Write(Envelope envelope)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        envelope.Sequence =
            envelope.BodyCase == Envelope.BodyOneofCase.Heartbeat ? 0 : ++_sequence;
        int size = envelope.CalculateSize();
        MessageSize.Check(size, 0);
        if (size > _buffer.Length)
        {
            _buffer = new byte[Math.Max(size, _buffer.Length * 2)];
        }

        Span<byte> frame = _buffer.AsSpan(0, size);
        envelope.WriteTo(frame);
        return frame;
    }
}
