namespace Dilaton.Protocol;

/// <summary>One end of the wire. Used by one thread at a time. The worker's end has many partners,
/// a peer's end has one, whose name is empty.</summary>
public interface IMessageTransport : IDisposable
{
    /// <summary>Where it is bound, or dialled.</summary>
    string Endpoint { get; }

    /// <summary>Routing id of the partner that sent the message received last.</summary>
    string Sender { get; }

    /// <summary>Frame 0 of the message received last; valid until the next receive.</summary>
    ReadOnlySpan<byte> Header { get; }

    /// <summary>Frame 1 of the message received last, empty if it has none; valid until the next
    /// receive. It may begin at any address.</summary>
    ReadOnlySpan<byte> Payload { get; }

    /// <summary>Waits for a message.</summary>
    /// <param name="timeout">Rounded up to milliseconds of host time; infinite: for ever.</param>
    /// <returns>False if none came.</returns>
    /// <exception cref="ProtocolException">The message has too many frames, or exceeds a limit of
    /// <see cref="ProtocolLimits"/>; <see cref="Sender"/> says whose it was.</exception>
    /// <exception cref="TransportException">The host refuses to receive.</exception>
    bool TryReceive(TimeSpan timeout);

    /// <summary>Sends a message. An empty payload is not sent as a frame.</summary>
    /// <exception cref="TransportException">The partner is not there, or does not take it.
    /// </exception>
    void Send(string partner, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload);
}
