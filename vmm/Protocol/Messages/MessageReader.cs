using Dilaton.Protocol.Wire;
using Google.Protobuf;

namespace Dilaton.Protocol;

/// <summary>Decodes frame 0 of the messages of one direction, and checks that none is missing.
/// </summary>
public sealed class MessageReader
{
    private ulong _sequence;

    /// <param name="payloadBytes">Length of frame 1.</param>
    /// <exception cref="ProtocolException">It is too long, no <see cref="Envelope"/>, has no body
    /// that is known here, or a sequence number that is not the next one.</exception>
    public Envelope Read(ReadOnlySpan<byte> header, int payloadBytes)
    {
        MessageSize.Check(header.Length, payloadBytes);
        Envelope envelope = Parse(header);
        if (envelope.BodyCase == Envelope.BodyOneofCase.None)
        {
            throw new ProtocolException(0, "body", "a message of this version", "none");
        }

        ulong expected =
            envelope.BodyCase == Envelope.BodyOneofCase.Heartbeat ? 0 : _sequence + 1;
        if (envelope.Sequence != expected)
        {
            throw new ProtocolException(
                0, "sequence", $"{expected} in {envelope.BodyCase}", $"{envelope.Sequence}");
        }

        _sequence = Math.Max(_sequence, expected);
        return envelope;
    }

    private static Envelope Parse(ReadOnlySpan<byte> header)
    {
        try
        {
            return Envelope.Parser.ParseFrom(header);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ProtocolException(0, "envelope", "a protobuf message", e);
        }
    }
}
