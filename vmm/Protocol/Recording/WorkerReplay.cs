namespace Dilaton.Protocol;

/// <summary>Plays the worker of a recording to one of its peers, which must answer what it answered
/// then.</summary>
public static class WorkerReplay
{
    /// <param name="transport">The worker's end, which the peer has dialled or will dial.</param>
    /// <param name="partner">Name of the peer; messages of others are passed over.</param>
    /// <param name="patience">How long to wait for each message, in host time.</param>
    /// <returns>Messages played.</returns>
    /// <exception cref="ReplayException">The peer answers something else, or nothing.</exception>
    public static long Play(
        WireRecordingReader recording, IMessageTransport transport, string partner,
        TimeSpan patience)
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(transport);
        long played = 0;
        while (recording.TryRead())
        {
            if (recording.Partner != partner)
            {
                continue;
            }

            if (recording.Direction == WireDirection.ToPeer)
            {
                transport.Send(partner, recording.Header, recording.Payload);
            }
            else
            {
                Receive(recording, transport, patience);
                ReplayComparison.Require(
                    recording, WireDirection.ToWorker, transport.Sender, transport.Header,
                    transport.Payload);
            }

            played++;
        }

        return played;
    }

    private static void Receive(
        WireRecordingReader recording, IMessageTransport transport, TimeSpan patience)
    {
        do
        {
            if (!transport.TryReceive(patience))
            {
                throw new ReplayException(
                    recording.MessageNumber,
                    $"recorded {RecordedHeader.NameOf(recording.Header)} from "
                    + $"'{recording.Partner}', now nothing comes");
            }
        }
        while (transport.Sender.EndsWith(
            WireRecordingFormat.HeartbeatSuffix, StringComparison.Ordinal));
    }
}
